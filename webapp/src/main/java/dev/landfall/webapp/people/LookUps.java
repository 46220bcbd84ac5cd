package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.webapp.http.RequestRate;
import dev.landfall.webapp.http.TooManyRequestsException;

/** How often one person may ask whose an address is. */
public final class LookUps {
  private static final int MAX_CALLERS = 100_000;

  private final RequestRate rate;

  /** So many a minute. */
  public LookUps(int perMinute) {
    this.rate = new RequestRate(perMinute, MAX_CALLERS, System::nanoTime);
  }

  /**
   * Counts a look-up.
   *
   * @throws TooManyRequestsException if it is one too many
   */
  void take(UserId caller) {
    rate.take(caller.text());
  }
}
