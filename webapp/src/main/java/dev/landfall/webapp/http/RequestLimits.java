package dev.landfall.webapp.http;

import java.time.Duration;

/**
 * What a request may cost before anything is known of it.
 *
 * @param bodyBytes after decompression
 * @param bodyTime that all of the body may be waited for
 * @param bodiesWaitedFor how many at the same time, of all users
 * @param liveConnections of one user at the same time
 * @param requestsPerMinute of one user; 0 for any number
 * @param requestsPerMinuteOfAddress without a session; 0 for any number
 * @param requestsAtOnce of all users, who share them
 * @param minAnswerRate bytes a second that a client has to take of an answer
 */
public record RequestLimits(
    long bodyBytes,
    Duration bodyTime,
    int bodiesWaitedFor,
    int liveConnections,
    int requestsPerMinute,
    int requestsPerMinuteOfAddress,
    int requestsAtOnce,
    long minAnswerRate) {
  /** The defaults. */
  public static final RequestLimits DEFAULT =
      new RequestLimits(
          16L * 1024 * 1024, Duration.ofSeconds(60), 48, 20, 0, 600, byProcessors(), 1024);

  /** More at once take no less time, and what one person has of them is taken from the others. */
  private static int byProcessors() {
    return Math.min(96, Math.max(32, 16 * Runtime.getRuntime().availableProcessors()));
  }
}
