package dev.landfall.engine.search;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.SortPosition;
import dev.landfall.engine.search.SearchHits.Hit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A page of results in an order that is asked for: of everything that is looked at the first so
 * many behind a position. For one thread, once.
 */
final class SortedSearch {
  private final SearchHits hits;
  private final List<SortKey> keys;
  private final Comparator<SortPosition> order;
  private final Optional<SortPosition> from;
  private final FirstHits<SortPosition> first;

  SortedSearch(SearchHits hits, List<SortKey> keys, int limit, Optional<SortPosition> from) {
    this.hits = hits;
    this.keys = keys;
    this.order = SortPosition.order(keys);
    this.from = from;
    this.first = new FirstHits<>(order, limit);
  }

  /** Looks at all of {@code feeds} behind {@code position}. */
  void look(SearchedFeeds feeds, HybridTimestamp position) {
    HybridTimestamp passed = position;
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece piece = feeds.read(passed, Feed.NO_END);
      put(piece);
      passed = piece.last();
      more = piece.more();
    }
  }

  /** Looks at some documents. */
  void look(List<SearchedFeeds.Found> found) {
    put(new SearchedFeeds.Piece(found, HybridTimestamp.ZERO, false));
  }

  private void put(SearchedFeeds.Piece piece) {
    for (Hit hit : hits.of(piece)) {
      SortPosition place = SortPosition.of(hit.document(), keys);
      if (from.isEmpty() || order.compare(place, from.get()) > 0) {
        first.put(place, hit);
      }
    }
  }

  /** The first of what has been looked at. */
  FirstHits<SortPosition> first() {
    return first;
  }
}
