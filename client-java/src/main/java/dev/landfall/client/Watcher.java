package dev.landfall.client;

import java.util.Map;

/**
 * Hears of each change of an atom's value, in order, by this device or another.
 *
 * @param <T> what a document is
 */
@FunctionalInterface
public interface Watcher<T> {
  /**
   * The value is another.
   *
   * @param key under which this was added
   */
  void changed(String key, SyncedAtom<T> atom, Map<String, T> before, Map<String, T> after);
}
