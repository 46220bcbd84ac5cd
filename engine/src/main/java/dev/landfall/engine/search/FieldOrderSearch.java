package dev.landfall.engine.search;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.query.FieldOrder;
import dev.landfall.engine.query.FieldOrder.Ties;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A page of results in the order of an index: ranges of its terms are looked at one after the
 * other, each as a whole, until the page is full. What changes while this goes on is looked at in
 * the end, because it may have come from a range that was not looked at yet to one that was. For
 * one thread, once.
 */
final class FieldOrderSearch {
  private static final int GROWTH = 4;
  private static final int MAX_ENTRIES = 4_000;

  /** After so many entries in order it may be better to look at everything without an order. */
  private static final int PATIENCE = 8_000;

  /** So many documents are rather looked at without an order than many entries in order. */
  private static final int FEW = 200;

  private static final int FEW_RANGES = 4;

  private static final int QUITE_FEW = 1_000;

  /** So many documents with the same value are read at once, at most. */
  private static final int MAX_TIES = 101;

  private final ApplicationStore store;
  private final Set<Feed> feeds;
  private final BiFunction<TermQuery, Integer, IndexedFeeds> index;
  private final SortedSearch search;
  private final int limit;
  private final Optional<TermQuery> query;
  private int entries;
  private int passed;

  /**
   * A search.
   *
   * @param index the documents with terms, of which probably so many are wanted
   * @param query what all the documents have to have
   */
  FieldOrderSearch(
      ApplicationStore store,
      Set<Feed> feeds,
      BiFunction<TermQuery, Integer, IndexedFeeds> index,
      SortedSearch search,
      int limit,
      Optional<TermQuery> query) {
    this.store = store;
    this.feeds = feeds;
    this.index = index;
    this.search = search;
    this.limit = limit;
    this.query = query;
    this.entries = limit + 2;
  }

  void run(FieldOrder order) {
    HybridTimestamp start = store.tip().clock();
    int few = Math.max(FEW, limit);
    if (areHardlyMoreThan(few)) {
      search.look(index.apply(query.orElseThrow(), few), HybridTimestamp.ZERO);
    } else {
      inOrder(order);
    }
    if (store.tip().clock().isAfter(start)) {
      search.look(new ScannedFeeds(store, feeds), start);
    }
  }

  /** As far as one element of the query tells. */
  private boolean areHardlyMoreThan(int number) {
    return query.isPresent()
        && query.get().all().stream()
            .filter(ranges -> ranges.size() <= FEW_RANGES)
            .anyMatch(
                ranges ->
                    ranges.stream()
                        .allMatch(range -> store.divide(feeds, range, false, number).isEmpty()));
  }

  private boolean isFewerThan(int number) {
    return query.isPresent()
        && store
            .search(feeds, query.get(), HybridTimestamp.ZERO, Feed.NO_END, number)
            .map(page -> !page.more())
            .orElse(false);
  }

  private void inOrder(FieldOrder order) {
    look(List.of(order.unordered()));
    for (List<TermRange> part : order.parts()) {
      if (part.size() > 1) {
        look(part);
      } else {
        look(order, part.get(0));
      }
      if (search.first().isFull()) {
        return;
      }
    }
  }

  private void look(FieldOrder order, TermRange part) {
    Optional<TermRange> rest = Optional.of(part);
    while (rest.isPresent() && !search.first().isFull()) {
      TermRange range = rest.get();
      Optional<String> end = divide(range, order.descending());
      Optional<Ties> ties = end.flatMap(order::ties);
      if (ties.isPresent() && areMany(end.get())) {
        order.before(range, end.get()).ifPresent(before -> look(List.of(before)));
        lookInOrderOfKeys(end.get(), ties.get().passed(end.get()));
      } else {
        look(List.of(end.map(term -> order.upTo(range, term)).orElse(range)));
      }
      rest = end.flatMap(term -> order.behind(range, term));
      if (rest.isPresent() && !search.first().isFull() && isTooLong()) {
        search.look(index.apply(query.orElseThrow(), QUITE_FEW), HybridTimestamp.ZERO);
        return;
      }
    }
  }

  /** After each range that was not the last: whether what is left is better not gone through. */
  private boolean isTooLong() {
    boolean asked = passed > PATIENCE;
    passed += entries;
    entries = Math.min(GROWTH * entries, MAX_ENTRIES);
    return !asked && passed > PATIENCE && isFewerThan(QUITE_FEW);
  }

  private Optional<String> divide(TermRange range, boolean descending) {
    return query.isPresent()
        ? store.divide(feeds, range, query.get(), descending, entries)
        : store.divide(feeds, range, descending, entries);
  }

  private boolean areMany(String term) {
    return store.divide(feeds, TermRange.of(term), false, GROWTH * entries).isPresent();
  }

  private void lookInOrderOfKeys(String term, Optional<DocumentId> after) {
    TermQuery tied = FieldOrder.among(query, List.of(TermRange.of(term)));
    int wanted = Math.min(limit + 1, MAX_TIES);
    IndexedFeeds documents = index.apply(tied, wanted);
    Optional<DocumentId> passed = after;
    for (boolean more = true; more && !search.first().isFull(); ) {
      Optional<List<FeedEntry>> page = store.searchByKey(feeds, tied, passed, wanted);
      if (page.isEmpty()) {
        search.look(documents, HybridTimestamp.ZERO);
        return;
      }
      List<FeedEntry> tiedEntries = page.get();
      search.look(documents.look(tiedEntries));
      more = tiedEntries.stream().map(FeedEntry::document).distinct().count() == wanted;
      passed = tiedEntries.stream().map(FeedEntry::document).reduce((one, next) -> next);
    }
  }

  private void look(List<TermRange> ranges) {
    search.look(index.apply(FieldOrder.among(query, ranges), entries), HybridTimestamp.ZERO);
  }
}
