package dev.landfall.webapp.session;

import java.time.Duration;

/**
 * How long a session of ours lasts.
 *
 * @param idle a token that is not renewed for so long is over
 * @param longest a session is over so long after the sign-in, whatever happens
 */
public record SessionLimits(Duration idle, Duration longest) {
  /** Three days, and a week. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(Duration.ofDays(3), Duration.ofDays(7));

  public SessionLimits {
    if (idle.compareTo(longest) > 0) {
      throw new IllegalArgumentException("a session cannot idle for longer than it lasts");
    }
  }

  /** A token older than this is renewed: after an hour, or after a third of the time it has. */
  Duration fresh() {
    Duration third = idle.dividedBy(3);
    return third.compareTo(SessionTokens.FRESH) < 0 ? third : SessionTokens.FRESH;
  }
}
