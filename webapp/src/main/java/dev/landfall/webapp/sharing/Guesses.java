package dev.landfall.webapp.sharing;

import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts, for each address, share links that were not there, and refuses whoever tries too many. A
 * token has 256 bits; this is for the quiet of the log and the database. Safe for concurrent use.
 */
public final class Guesses {
  private static final int MAX_MISSES = 20;
  private static final long WINDOW_MILLIS = 60_000;
  private static final int MAX_ADDRESSES = 10_000;

  private final InstantSource time;
  private final Map<String, Misses> misses = new LinkedHashMap<>();

  private record Misses(long sinceMillis, int count) {}

  /** By the clock of the server. */
  public Guesses(InstantSource time) {
    this.time = time;
  }

  /**
   * Finds that {@code address} has not missed too often lately.
   *
   * @throws SyncException if it has
   */
  synchronized void check(String address) {
    Misses known = misses.get(address);
    if (known != null && known.count() >= MAX_MISSES && !isOver(known)) {
      throw new SyncException(
          SyncProblem.RATE_LIMITED, "Too many links that are not there; try again in a minute");
    }
  }

  synchronized void missed(String address) {
    Misses known = misses.remove(address); // and in again, as the latest
    misses.put(
        address,
        known == null || isOver(known)
            ? new Misses(time.millis(), 1)
            : new Misses(known.sinceMillis(), known.count() + 1));
    if (misses.size() > MAX_ADDRESSES) {
      misses.remove(misses.keySet().iterator().next());
    }
  }

  private boolean isOver(Misses known) {
    return time.millis() - known.sinceMillis() > WINDOW_MILLIS;
  }
}
