package dev.landfall.engine.commit;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A cache with a bound: what was not asked for longest makes room. Safe for concurrent use.
 *
 * @param <K> has an order if clients choose it
 */
final class RecentlyUsed<K, V> {
  private final int max;
  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** At most {@code max}. */
  RecentlyUsed(int max) {
    this.max = max;
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
    if (entries.size() > max) {
      Iterator<K> eldest = entries.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  /** Changes what there is of {@code key}; nothing if there is nothing. */
  synchronized void change(K key, UnaryOperator<V> change) {
    entries.computeIfPresent(key, (same, value) -> change.apply(value));
  }

  synchronized void removeIf(Predicate<K> unwanted) {
    entries.keySet().removeIf(unwanted);
  }

  synchronized void clear() {
    entries.clear();
  }
}
