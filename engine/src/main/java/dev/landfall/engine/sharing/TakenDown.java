package dev.landfall.engine.sharing;

/**
 * What of a document's being seen by everybody is to end, or has ended.
 *
 * @param visibility that every signed-in user reads it
 * @param link that there is a link to it
 */
public record TakenDown(boolean visibility, boolean link) {}
