package dev.landfall.engine.sync;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.engine.search.FieldOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
  private static final int FEW = 100;

  private static final int QUITE_FEW = 1_000;

  private final ApplicationStore store;
  private final Set<Feed> feeds;
  private final Function<TermQuery, SearchedFeeds> index;
  private final SortedSearch search;
  private final int limit;
  private final Optional<TermQuery> query;
  private int entries;
  private int passed;

  /**
   * A search.
   *
   * @param index the documents with terms
   * @param query what all the documents have to have
   */
  FieldOrderSearch(
      ApplicationStore store,
      Set<Feed> feeds,
      Function<TermQuery, SearchedFeeds> index,
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
    if (isFewerThan(Math.max(FEW, limit))) {
      search.look(index.apply(query.orElseThrow()), HybridTimestamp.ZERO);
    } else {
      inOrder(order);
    }
    if (store.tip().clock().isAfter(start)) {
      search.look(new WalkedFeeds(store, feeds), start);
    }
  }

  private boolean isFewerThan(int number) {
    return query.isPresent()
        && store
            .search(feeds, query.get(), HybridTimestamp.ZERO, Pull.NO_END, number)
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
      Optional<String> end =
          range.isOneTerm()
              ? Optional.empty()
              : store.divide(feeds, range, order.descending(), entries);
      look(List.of(end.map(term -> order.upTo(range, term)).orElse(range)));
      rest = end.flatMap(term -> order.behind(range, term));
      if (rest.isPresent() && !search.first().isFull() && isTooLong()) {
        search.look(index.apply(query.orElseThrow()), HybridTimestamp.ZERO);
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

  private void look(List<TermRange> ranges) {
    search.look(index.apply(FieldOrder.among(query, ranges)), HybridTimestamp.ZERO);
  }
}
