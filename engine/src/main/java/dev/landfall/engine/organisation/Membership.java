package dev.landfall.engine.organisation;

/**
 * A member's view of an organisation.
 *
 * @param name the organisation's
 */
public record Membership(String name, Member member) {}
