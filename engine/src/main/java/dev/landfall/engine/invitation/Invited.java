package dev.landfall.engine.invitation;

/**
 * What whoever has a link is told.
 *
 * @param organisation its name
 */
public record Invited(Invitation invitation, String organisation) {}
