package dev.landfall.api.store;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;

/**
 * A feed entry with what its reader is to be told.
 *
 * @param revision of the document
 * @param deleted whether the document is a tombstone
 * @param wire of the document; empty for a revocation
 */
public record FeedItem(FeedEntry entry, HybridTimestamp revision, boolean deleted, Bytes wire) {}
