package dev.landfall.api.store;

import dev.landfall.api.DocumentId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The entries of the first of the documents that are put here, in the order of owners and keys. Of
 * a document that moves meanwhile the later entry in each feed counts. For one thread.
 */
public final class FirstByKey {
  static final int PIECE = 1_000;

  private final Optional<DocumentId> after;
  private final int limit;
  private final TreeMap<DocumentId, Map<Feed, FeedEntry>> first =
      new TreeMap<>(DocumentId.BY_OWNER_AND_KEY);

  /**
   * Nothing yet.
   *
   * @param after behind which document
   * @param limit of how many documents
   */
  public FirstByKey(Optional<DocumentId> after, int limit) {
    this.after = after;
    this.limit = limit;
  }

  /** Keeps an entry if its document is among the first. */
  public void put(FeedEntry entry) {
    DocumentId id = entry.document();
    if (after.isPresent() && DocumentId.BY_OWNER_AND_KEY.compare(id, after.get()) <= 0) {
      return;
    }
    boolean isFull = first.size() >= limit;
    if (isFull && DocumentId.BY_OWNER_AND_KEY.compare(id, first.lastKey()) > 0) {
      return;
    }
    first.computeIfAbsent(id, unused -> new LinkedHashMap<>()).put(entry.feed(), entry);
    if (first.size() > limit) {
      first.pollLastEntry();
    }
  }

  /** The entries. */
  public List<FeedEntry> entries() {
    List<FeedEntry> entries = new ArrayList<>();
    first.values().forEach(places -> entries.addAll(places.values()));
    return entries;
  }
}
