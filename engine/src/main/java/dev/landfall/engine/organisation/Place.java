package dev.landfall.engine.organisation;

/**
 * Somebody's place in an organisation.
 *
 * @param version 0 if they never had one; another after each change
 * @param taken whether they are a member
 * @param since when they became one, or ceased to be; milliseconds since the Unix epoch, 0 if they
 *     never were
 */
public record Place(long version, boolean taken, long since) {}
