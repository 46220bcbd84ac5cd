package dev.landfall.webapp.organisation;

/**
 * What can be configured about organisations.
 *
 * @param registerable whether every user may found them
 */
public record OrganisationSettings(boolean registerable) {}
