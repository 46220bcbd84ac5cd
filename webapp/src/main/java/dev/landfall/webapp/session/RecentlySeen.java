package dev.landfall.webapp.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the entries used of late, at most a given number, in two generations: when the younger
 * one is full, the older one goes. Safe for concurrent use; a read takes no lock.
 */
final class RecentlySeen<K, V> {
  private final int generationSize;
  private volatile ConcurrentMap<K, V> young = new ConcurrentHashMap<>();
  private volatile ConcurrentMap<K, V> old = new ConcurrentHashMap<>();

  RecentlySeen(int max) {
    this.generationSize = Math.max(1, max / 2);
  }

  @Nullable V get(K key) {
    V value = young.get(key);
    if (value != null) {
      return value;
    }
    V older = old.get(key);
    if (older != null) {
      put(key, older);
    }
    return older;
  }

  void put(K key, V value) {
    if (young.size() >= generationSize) {
      turn();
    }
    young.put(key, value);
  }

  void remove(K key) {
    young.remove(key);
    old.remove(key);
  }

  private synchronized void turn() {
    if (young.size() >= generationSize) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }

  /** How many are remembered. */
  int size() {
    return young.size() + old.size();
  }
}
