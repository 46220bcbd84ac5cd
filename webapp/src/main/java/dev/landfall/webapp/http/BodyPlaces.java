package dev.landfall.webapp.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Places for threads that wait for more of a body. A sender that stalls holds the thread that
 * serves it, so the places are fewer than the threads of the server ({@code coreThreads} in
 * server.xml): what is sent at once is served while others stall. Nobody gets more than a third of
 * the places that are left, so that it takes many senders together to fill them. Safe for
 * concurrent use.
 */
public final class BodyPlaces {
  private static final int SHARE = 3;

  private final Map<String, Integer> taken = new HashMap<>();
  private int free;

  /** All free. */
  public BodyPlaces(int places) {
    this.free = places;
  }

  /**
   * Takes a place, if there is one for {@code sender}; who got one leaves it.
   *
   * @param sender a user, or an address where the user is not known
   */
  public synchronized boolean enter(String sender) {
    int own = taken.getOrDefault(sender, 0);
    if (free == 0 || (own > 0 && own * SHARE >= free)) {
      return false;
    }
    free--;
    taken.put(sender, own + 1);
    return true;
  }

  /** Gives a place back. */
  public synchronized void leave(String sender) {
    free++;
    taken.computeIfPresent(sender, (key, own) -> own == 1 ? null : own - 1);
  }
}
