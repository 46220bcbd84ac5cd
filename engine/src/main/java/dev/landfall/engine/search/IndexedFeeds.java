package dev.landfall.engine.search;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an index says of the feeds, read as it is when it is looked at: only what the caller may
 * still read then. The index is asked for more than is read at once, so what stands in a piece is
 * from a moment between the first piece of a reading and this one. For one thread.
 */
final class IndexedFeeds implements SearchedFeeds {
  /** Documents may be large. */
  private static final int MAX_DOCUMENTS = 100;

  private static final int MAX_ENTRIES = 1_000;
  private static final int GROWTH = 4;

  private final ApplicationStore store;
  private final Caller caller;
  private final Set<Feed> feeds;
  private final TermQuery query;
  private final ScanBudget budget;
  private int documents;
  private int entries;

  /** What the index has said of what stands behind {@link #from}. */
  private FoundPage known = FoundPage.all(List.of());

  private Optional<HybridTimestamp> from = Optional.empty();
  private int read;

  /**
   * What {@code query} finds.
   *
   * @param wanted how many documents whoever looks will probably want
   */
  IndexedFeeds(
      ApplicationStore store,
      Caller caller,
      Set<Feed> feeds,
      TermQuery query,
      ScanBudget budget,
      int wanted) {
    this.store = store;
    this.caller = caller;
    this.feeds = feeds;
    this.query = query;
    this.budget = budget;
    this.entries = wanted + 1; // one more tells whether there are more
    this.documents = Math.min(entries, MAX_DOCUMENTS + 1);
  }

  @Override
  public Piece read(HybridTimestamp after, HybridTimestamp upTo) {
    if (!from.equals(Optional.of(after)) || read == known.entries().size()) {
      Optional<FoundPage> page = store.search(feeds, query, after, upTo, entries);
      if (page.isEmpty()) {
        return budget.scan(() -> new ScannedFeeds(store, feeds).read(after, upTo));
      }
      known = page.get();
      read = 0;
      entries = Math.max(entries, Math.min(GROWTH * entries, MAX_ENTRIES));
    }
    List<FeedEntry> piece = next();
    boolean atEnd = read == known.entries().size();
    HybridTimestamp last =
        atEnd ? known.more() ? known.last() : upTo : piece.get(piece.size() - 1).position();
    from = Optional.of(last);
    return new Piece(look(piece), last, !atEnd || known.more());
  }

  /** The documents of {@code entries} that the caller may still read. */
  List<Found> look(List<FeedEntry> entries) {
    return budget.spend(entries.size(), () -> read(entries));
  }

  /** Those that are read together, all of each position. */
  private List<FeedEntry> next() {
    List<FeedEntry> all = known.entries();
    int end = Math.min(read + documents, all.size());
    while (end > 0 && end < all.size() && isSame(all.get(end - 1), all.get(end))) {
      end++;
    }
    List<FeedEntry> piece = all.subList(read, end);
    read = end;
    documents = MAX_DOCUMENTS + 1;
    return piece;
  }

  private static boolean isSame(FeedEntry one, FeedEntry other) {
    return one.position().equals(other.position());
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
      if (document != null && !document.deleted() && reads(document)) {
        found.add(new Found(entry, document.wire()));
      }
    }
    return found;
  }

  private boolean reads(StoredDocument document) {
    return document.id().owner().equals(caller.owner())
        || caller.reads(document.id().owner(), StoredForm.sharing(document));
  }
}
