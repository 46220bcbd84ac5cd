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
  /** The record of an erased document. */
  public static final Bytes NOTHING = Bytes.utf8("{}");

  public StoredDocument {
    if (deleted && !terms.isEmpty()) {
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

  /**
   * What stands for a document whose owner is gone, until those who could read it have been told:
   * nothing but its id.
   *
   * @param wire what a pull delivers of it, without content
   */
  public static StoredDocument erased(DocumentId id, HybridTimestamp revision, Bytes wire) {
    return new StoredDocument(id, revision, true, wire, NOTHING, Bytes.EMPTY);
  }

  /** Whether this stands for a document whose owner is gone. */
  public boolean isErased() {
    return deleted && record.equals(NOTHING);
  }
}
