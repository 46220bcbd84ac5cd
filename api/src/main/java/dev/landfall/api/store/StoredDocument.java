package dev.landfall.api.store;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;

/**
 * One document as a store keeps it. The three parts are the engine's and mean nothing to a store;
 * they are apart because they are needed by different readers.
 *
 * @param revision its commit clock
 * @param deleted whether this is a tombstone
 * @param wire what a pull delivers
 * @param record what merging needs beyond that
 * @param history how to rebuild earlier versions
 */
public record StoredDocument(
    DocumentId id,
    HybridTimestamp revision,
    boolean deleted,
    Bytes wire,
    Bytes record,
    Bytes history) {}
