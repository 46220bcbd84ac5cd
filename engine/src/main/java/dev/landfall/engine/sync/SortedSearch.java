package dev.landfall.engine.sync;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.search.SortKey;
import dev.landfall.engine.search.SortPosition;
import dev.landfall.engine.sync.SearchHits.Hit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A page of results in an order that is asked for: of everything that is found the first so many
 * behind a position. For one thread, once.
 */
final class SortedSearch {
  private final SearchedFeeds feeds;
  private final SearchHits hits;
  private final List<SortKey> keys;
  private final int limit;
  private final Optional<SortPosition> from;

  SortedSearch(
      SearchedFeeds feeds,
      SearchHits hits,
      List<SortKey> keys,
      int limit,
      Optional<SortPosition> from) {
    this.feeds = feeds;
    this.hits = hits;
    this.keys = keys;
    this.limit = limit;
    this.from = from;
  }

  FirstHits<SortPosition> run() {
    Comparator<SortPosition> order = SortPosition.order(keys);
    FirstHits<SortPosition> first = new FirstHits<>(order, limit);
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece piece = feeds.read(position, Pull.NO_END);
      for (Hit hit : hits.of(piece)) {
        SortPosition place = SortPosition.of(hit.document(), keys);
        if (from.isEmpty() || order.compare(place, from.get()) > 0) {
          first.put(place, hit);
        }
      }
      position = piece.last();
      more = piece.more();
    }
    return first;
  }
}
