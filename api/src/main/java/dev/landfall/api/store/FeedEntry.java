package dev.landfall.api.store;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;

/**
 * That a document changed for a reader.
 *
 * @param position when, for this reader: the document's revision, or the clock of a grant or of a
 *     revocation
 */
public record FeedEntry(Feed feed, HybridTimestamp position, DocumentId document, Kind kind) {
  /** What happened. */
  public enum Kind {
    /** The document is new or different. */
    CHANGED,
    /** The reader has lost access. */
    REVOKED
  }
}
