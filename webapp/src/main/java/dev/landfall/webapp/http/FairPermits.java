package dev.landfall.webapp.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Places for threads of the server: those that work on a request, or wait for a client, for more of
 * a body or for an answer to be read. All such places together are fewer than the threads ({@code
 * coreThreads} in server.xml): others are served while some are held. Nobody gets more than a third
 * of the places that are left, so that it takes many clients together to fill them. Safe for
 * concurrent use.
 */
public final class FairPermits {
  private static final int SHARE = 3;

  private final Map<String, Integer> taken = new HashMap<>();
  private final int always;
  private int free;

  /** All free. */
  public FairPermits(int places) {
    this(places, 0);
  }

  /**
   * All free.
   *
   * @param always so many a client gets even if none is left
   */
  FairPermits(int places, int always) {
    this.free = places;
    this.always = always;
  }

  /**
   * Takes a place, if there is one for {@code client}; who got one leaves it.
   *
   * @param client a user, or an address where the user is not known
   */
  public synchronized boolean enter(String client) {
    int own = taken.getOrDefault(client, 0);
    if (own >= always && (free <= 0 || (own > 0 && own * SHARE >= free))) {
      return false;
    }
    free--;
    taken.put(client, own + 1);
    return true;
  }

  /** Gives a place back. */
  public synchronized void leave(String client) {
    free++;
    taken.computeIfPresent(client, (key, own) -> own == 1 ? null : own - 1);
  }
}
