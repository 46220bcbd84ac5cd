package dev.landfall.api.store;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import java.util.List;

/**
 * What is remembered of a deleted document.
 *
 * @param revision of its deletion
 * @param entries where it stands in feeds, revocations included
 */
public record Tombstone(DocumentId id, HybridTimestamp revision, List<FeedEntry> entries) {
  public Tombstone {
    entries = List.copyOf(entries);
  }

  /** The latest that there is of it. */
  public HybridTimestamp last() {
    HybridTimestamp last = revision;
    for (FeedEntry entry : entries) {
      last = HybridTimestamp.later(last, entry.position());
    }
    return last;
  }
}
