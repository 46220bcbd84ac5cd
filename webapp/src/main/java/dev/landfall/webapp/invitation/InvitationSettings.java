package dev.landfall.webapp.invitation;

import java.util.Optional;

/**
 * What can be configured about invitations.
 *
 * @param open how many of one organisation may be open
 * @param url where whoever is invited reads of it, if that is not this server
 */
public record InvitationSettings(int open, Optional<InvitationAddress> url) {}
