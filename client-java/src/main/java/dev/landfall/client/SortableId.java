package dev.landfall.client;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Keys that are unique without asking anybody and sort by the time at which they were made: UUIDs
 * of version 7 (RFC 9562, section 5.7, with method 1 of section 6.2: a counter in {@code rand_a}).
 * Safe for concurrent use.
 */
final class SortableId {
  private static final int COUNTS = 1 << 12;

  private final SecureRandom random = new SecureRandom();
  private long last;
  private int count;

  /**
   * The next one, later than all before.
   *
   * @param millis the time, in milliseconds since the Unix epoch
   */
  synchronized UUID next(long millis) {
    if (millis > last) {
      last = millis;
      count = random.nextInt(COUNTS / 2);
    } else if (++count == COUNTS) {
      last++;
      count = 0;
    }
    long high = (last << 16) | 0x7000L | count;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
