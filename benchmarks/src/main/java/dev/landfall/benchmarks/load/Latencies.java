package dev.landfall.benchmarks.load;

import java.util.Arrays;

/** How long each of many requests took, to the microsecond, and all of them together. */
public final class Latencies {
  private static final int MAX_MICROS = 5_000_000;

  private final int[] byMicros = new int[MAX_MICROS + 1];
  private long count;
  private long nanos;

  /** Starts again. */
  void clear() {
    Arrays.fill(byMicros, 0);
    count = 0;
  }

  void add(long nanos) {
    byMicros[(int) Math.min(MAX_MICROS, nanos / 1_000)]++;
    count++;
  }

  void end(long nanos) {
    this.nanos = nanos;
  }

  /** How many requests. */
  public long count() {
    return count;
  }

  /** How many in a second. */
  public double rate() {
    return count * 1e9 / Math.max(1, nanos);
  }

  /**
   * The milliseconds within which some of the requests were answered.
   *
   * @param part of the requests, 0 to 1
   */
  public double millis(double part) {
    long wanted = (long) Math.ceil(part * count);
    long seen = 0;
    for (int micros = 0; micros <= MAX_MICROS; micros++) {
      seen += byMicros[micros];
      if (seen >= wanted) {
        return micros / 1_000.0;
      }
    }
    return MAX_MICROS / 1_000.0;
  }
}
