package dev.landfall.client;

/**
 * The server has lost something: it came back empty, or from a backup. What this device holds and
 * the server does not, or only in an older version, goes back to it.
 *
 * @param collection of which it said so
 * @param waits whether nothing happens until {@link Connection#bringBack()} is called
 */
public record Restored(String collection, boolean waits) {}
