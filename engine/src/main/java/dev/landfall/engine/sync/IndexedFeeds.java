package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an index says of the feeds at one moment, read as it is when it is looked at: only what the
 * caller may still read then.
 */
final class IndexedFeeds implements SearchedFeeds {
  private static final int PIECE = 100;

  private final ApplicationStore store;
  private final Caller caller;
  private final List<FeedEntry> entries;

  /**
   * Those of {@code entries} that can still be read.
   *
   * @param entries oldest first
   */
  IndexedFeeds(ApplicationStore store, Caller caller, List<FeedEntry> entries) {
    this.store = store;
    this.caller = caller;
    this.entries = entries;
  }

  @Override
  public Piece read(HybridTimestamp after, HybridTimestamp upTo) {
    List<FeedEntry> piece = new ArrayList<>();
    HybridTimestamp last = after;
    boolean more = false;
    for (FeedEntry entry : entries.subList(firstAfter(after), entries.size())) {
      if (entry.position().isAfter(upTo)) {
        break;
      }
      if (piece.size() >= PIECE && !entry.position().equals(last)) {
        more = true;
        break;
      }
      piece.add(entry);
      last = entry.position();
    }
    return new Piece(read(piece), last, more);
  }

  private int firstAfter(HybridTimestamp after) {
    int from = 0;
    int to = entries.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (entries.get(middle).position().isAfter(after)) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  private List<Found> read(List<FeedEntry> piece) {
    if (piece.isEmpty()) {
      return List.of();
    }
    Set<DocumentId> ids = new LinkedHashSet<>();
    piece.forEach(entry -> ids.add(entry.document()));
    Map<DocumentId, StoredDocument> stored = store.find(ids);
    List<Found> found = new ArrayList<>(piece.size());
    for (FeedEntry entry : piece) {
      StoredDocument document = stored.get(entry.document());
      if (document != null
          && !document.deleted()
          && caller.reads(entry.document().owner(), StoredForm.sharing(document))) {
        found.add(new Found(entry, document.wire()));
      }
    }
    return found;
  }
}
