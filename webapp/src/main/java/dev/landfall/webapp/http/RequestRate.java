package dev.landfall.webapp.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many requests a caller, a user or an address, may make: as many as the rate gives in a minute
 * at once, and from then on at that rate (the generic cell rate algorithm, ITU-T I.371, which is a
 * token bucket that needs one number for each). Safe for concurrent use.
 */
public final class RequestRate {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final long nanosForOne;
  private final int maxCallers;
  private final LongSupplier nanoTime;

  /**
   * Until when what a caller has taken is spread by the rate, by caller, who came last at the end.
   * A caller for whom that is over is like one who never came.
   */
  private final Map<String, Long> takenUntil = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A rate.
   *
   * @param perMinute requests of one caller; 0 for any number
   * @param maxCallers of whom something is remembered; beyond that who has not come for longest
   *     begins anew
   * @param nanoTime like {@link System#nanoTime}
   */
  public RequestRate(int perMinute, int maxCallers, LongSupplier nanoTime) {
    this.nanosForOne = perMinute == 0 ? 0 : Math.max(1, MINUTE / perMinute);
    this.maxCallers = maxCallers;
    this.nanoTime = nanoTime;
  }

  /**
   * Counts a request of {@code caller}.
   *
   * @throws TooManyRequestsException if it is one too many; it has not been counted then
   */
  public void take(String caller) {
    if (nanosForOne > 0) {
      long tooEarly = nanosTooEarly(caller);
      if (tooEarly > 0) {
        long second = TimeUnit.SECONDS.toNanos(1);
        throw new TooManyRequestsException((tooEarly + second - 1) / second);
      }
    }
  }

  private synchronized long nanosTooEarly(String caller) {
    long now = nanoTime.getAsLong();
    Long known = takenUntil.get(caller);
    long until = (known == null || known - now < 0 ? now : known) + nanosForOne;
    long tooEarly = until - now - MINUTE;
    if (tooEarly <= 0) {
      takenUntil.put(caller, until);
      forget(now);
    }
    return tooEarly;
  }

  /** Two of those who came first, if they are over, and more only where there are too many. */
  private void forget(long now) {
    Iterator<Long> oldest = takenUntil.values().iterator();
    for (int i = 0; i < 2 && oldest.hasNext(); i++) {
      if (oldest.next() - now < 0 || takenUntil.size() > maxCallers) {
        oldest.remove();
      }
    }
  }

  /** Of how many callers something is remembered. */
  synchronized int size() {
    return takenUntil.size();
  }
}
