package dev.landfall.engine.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;

/**
 * Which of many documents have been met. It keeps 64 bits of each, 16 bytes with the free places,
 * so that millions need little memory; with a million documents the chance that two are taken for
 * one is 1 in 30 million. Not safe for concurrent use.
 */
public final class KnownKeys {
  private static final int FIRST_SIZE = 1024;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final int max;
  private long[] table = new long[FIRST_SIZE];
  private int size;

  /**
   * None so far.
   *
   * @param max how many are remembered; what is met after that stays new for ever
   */
  public KnownKeys(int max) {
    this.max = max;
  }

  /** Whether the document had not been met; now it has. */
  public boolean add(ApplicationName application, CollectionName collection, DocumentKey key) {
    long mark = FNV_OFFSET;
    mark = mix(mark, application.value());
    mark = mix(mark, collection.value());
    mark = mix(mark, key.value());
    mark = spread(mark);
    int place = place(table, mark);
    if (table[place] == mark) {
      return false;
    }
    if (size < max) {
      table[place] = mark;
      size++;
      if (size > table.length / 2) {
        grow();
      }
    }
    return true;
  }

  /** How many are remembered. */
  public int size() {
    return size;
  }

  private void grow() {
    long[] larger = new long[table.length * 2];
    for (long mark : table) {
      if (mark != 0) {
        larger[place(larger, mark)] = mark;
      }
    }
    table = larger;
  }

  private static int place(long[] table, long mark) {
    int place = (int) mark & (table.length - 1);
    while (table[place] != 0 && table[place] != mark) {
      place = (place + 1) & (table.length - 1);
    }
    return place;
  }

  /** FNV-1a over the characters and one that no name has. */
  private static long mix(long mark, String text) {
    long mixed = mark;
    for (int i = 0; i < text.length(); i++) {
      mixed = (mixed ^ text.charAt(i)) * FNV_PRIME;
    }
    return (mixed ^ 0x10000) * FNV_PRIME;
  }

  /** The finalizer of MurmurHash3; zero marks a free place. */
  private static long spread(long mark) {
    long spread = mark;
    spread = (spread ^ (spread >>> 33)) * 0xff51afd7ed558ccdL;
    spread = (spread ^ (spread >>> 33)) * 0xc4ceb9fe1a85ec53L;
    spread ^= spread >>> 33;
    return spread == 0 ? 1 : spread;
  }
}
