package dev.landfall.webapp.organisation;

import dev.landfall.engine.organisation.OrganisationLimits;

/**
 * What can be configured about organisations.
 *
 * @param registerable whether every user may found them
 * @param limits in how many one person may be
 */
public record OrganisationSettings(boolean registerable, OrganisationLimits limits) {}
