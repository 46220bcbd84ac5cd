package dev.landfall.engine.search;

import dev.landfall.api.DocumentId;
import dev.landfall.engine.search.SearchHits.Hit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first of the hits that are put here, each document once: as many as a page has, and no more
 * than are held in memory without trouble, but at least one. For one thread.
 *
 * @param <P> a place in an order; no two documents have the same
 */
final class FirstHits<P> {
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private final Comparator<P> order;
  private final int limit;
  private final TreeMap<P, Hit> first;
  private final Map<DocumentId, P> places = new HashMap<>();
  private long bytes;

  /** The first of those that were put and are not kept. */
  private @Nullable P bound;

  FirstHits(Comparator<P> order, int limit) {
    this.order = order;
    this.limit = limit;
    this.first = new TreeMap<>(order);
  }

  /** Puts a hit at a place, whatever place its document had before. */
  void put(P place, Hit hit) {
    remove(hit.id());
    P end = bound;
    if (end != null && order.compare(place, end) >= 0) {
      return;
    }
    first.put(place, hit);
    places.put(hit.id(), place);
    bytes += hit.wire().length();
    while (first.size() > limit || (first.size() > 1 && bytes > MAX_BYTES)) {
      bound = first.lastKey();
      remove(first.lastEntry().getValue().id());
    }
  }

  private void remove(DocumentId id) {
    P place = places.remove(id);
    Hit hit = place == null ? null : first.remove(place);
    bytes -= hit == null ? 0 : hit.wire().length();
  }

  /** Whether the document has a place among the first. */
  boolean has(DocumentId id) {
    return places.containsKey(id);
  }

  /** Whether there are others behind the first. */
  boolean isFull() {
    return bound != null;
  }

  /** The first, in order. */
  List<Hit> hits() {
    return List.copyOf(first.values());
  }

  /** The last place of the first, if there are others behind it. */
  Optional<P> last() {
    return bound == null || first.isEmpty() ? Optional.empty() : Optional.of(first.lastKey());
  }
}
