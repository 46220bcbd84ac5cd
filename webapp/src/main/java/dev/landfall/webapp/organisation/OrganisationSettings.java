package dev.landfall.webapp.organisation;

import dev.landfall.engine.organisation.OrganisationLimits;
import dev.landfall.webapp.invitation.InvitationAddress;
import java.util.Optional;

/**
 * What can be configured about organisations.
 *
 * @param registerable whether every user may found them
 * @param limits in how many one person may be
 * @param invitations how many of one organisation may be open
 * @param invitationUrl where whoever is invited reads of it, if that is not this server
 */
public record OrganisationSettings(
    boolean registerable,
    OrganisationLimits limits,
    int invitations,
    Optional<InvitationAddress> invitationUrl) {}
