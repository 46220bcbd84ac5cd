package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.search.SortKey;
import dev.landfall.engine.search.SortPosition;
import dev.landfall.engine.sync.SearchHits.Hit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A page of results in an order that is asked for: of everything that is found the first so many
 * behind a position. No more than a page of them is kept at a time. For one thread, once.
 */
final class SortedSearch {
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private final SearchedFeeds feeds;
  private final SearchHits hits;
  private final List<SortKey> keys;
  private final int limit;
  private final Comparator<SortPosition> order;
  private final Optional<SortPosition> from;
  private final TreeMap<SortPosition, Hit> first;
  private final Map<DocumentId, SortPosition> places = new HashMap<>();
  private long bytes;

  /** The first of those that were found and are not kept. */
  private @Nullable SortPosition bound;

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
    this.order = SortPosition.order(keys);
    this.from = from;
    this.first = new TreeMap<>(order);
  }

  /** The last position of the page; empty if nothing is left. */
  Optional<SortPosition> run() {
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece piece = feeds.read(position, Pull.NO_END);
      hits.of(piece).forEach(this::put);
      position = piece.last();
      more = piece.more();
    }
    return bound == null || first.isEmpty() ? Optional.empty() : Optional.of(first.lastKey());
  }

  /** What was found, in order. */
  List<Hit> results() {
    return List.copyOf(first.values());
  }

  private void put(Hit hit) {
    SortPosition before = places.remove(hit.id());
    if (before != null) { // it has changed while this goes on
      bytes -= size(first.remove(before));
    }
    SortPosition position = SortPosition.of(hit.document(), keys);
    if (from.isPresent() && order.compare(position, from.get()) <= 0) {
      return;
    }
    SortPosition end = bound;
    if (end != null && order.compare(position, end) >= 0) {
      return;
    }
    first.put(position, hit);
    places.put(hit.id(), position);
    bytes += size(hit);
    while (first.size() > limit || (first.size() > 1 && bytes > MAX_BYTES)) {
      Map.Entry<SortPosition, Hit> last = first.pollLastEntry();
      bound = last.getKey();
      places.remove(last.getValue().id());
      bytes -= size(last.getValue());
    }
  }

  private static long size(@Nullable Hit hit) {
    return hit == null ? 0 : hit.wire().length();
  }
}
