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
 * @param terms by what {@link ApplicationStore#search} finds it; a tombstone has none
 */
public record StoredDocument(
    DocumentId id,
    HybridTimestamp revision,
    boolean deleted,
    Bytes wire,
    Bytes record,
    Bytes history,
    Terms terms) {
  public StoredDocument {
    if (deleted && !terms.values().isEmpty()) {
      throw new IllegalArgumentException("a tombstone has no terms");
    }
  }

  /** A document that is not to be found by searching. */
  public StoredDocument(
      DocumentId id,
      HybridTimestamp revision,
      boolean deleted,
      Bytes wire,
      Bytes record,
      Bytes history) {
    this(id, revision, deleted, wire, record, history, Terms.NONE);
  }
}
