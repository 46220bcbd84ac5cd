package dev.landfall.client;

import java.time.Duration;
import java.util.Optional;

/**
 * How a round of requests ended.
 *
 * @param after how long to wait at least before the next one, after {@link Ending#DONE} at most; in
 *     milliseconds, 0 if it does not matter
 */
record Round(Ending ending, long after) {
  enum Ending {
    /** Everything is here and there. */
    DONE,
    /** There is more, but it is somebody else's turn. */
    MORE,
    /** To be tried again later. */
    FAILED,
    /** As {@link #FAILED}, and the server refuses what is not about single documents. */
    REFUSED,
    UNAUTHORIZED,
    /** As {@link #UNAUTHORIZED}, and what the device holds is to go. */
    REMOVED,
    /** As {@link #REFUSED}, and it is the organisation that the caller is not in. */
    NOT_A_MEMBER,
    /** It has to be asked first who asks, and whom. */
    UNIDENTIFIED
  }

  static Round of(Ending ending) {
    return new Round(ending, 0);
  }

  static Round of(Ending ending, Optional<Duration> after) {
    return new Round(ending, after.map(Duration::toMillis).orElse(0L));
  }
}
