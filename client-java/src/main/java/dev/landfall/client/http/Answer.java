package dev.landfall.client.http;

import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Reply;
import java.time.Duration;
import java.util.Optional;

/** What became of a request. */
public sealed interface Answer {
  /** It was done. */
  record Done(Reply reply) implements Answer {}

  /** The clock of the device is too far ahead. */
  record Drifted(long serverMillis, long maxDriftMillis) implements Answer {}

  /** The token is not accepted (any more). */
  record Unauthorized() implements Answer {}

  /**
   * It was refused as a whole; nothing of it was stored.
   *
   * @param message what is wrong, for people
   * @param after when it wants to be asked again, if it said so
   */
  record Refused(
      int status, String code, String message, JsonValue details, Optional<Duration> after)
      implements Answer {}

  /**
   * Nobody knows what became of it.
   *
   * @param code the server's, if it was one, else {@code unreachable}
   * @param message what is wrong, for people
   * @param after when it wants to be asked again, if it said so
   */
  record Unknown(String code, String message, Optional<Duration> after) implements Answer {}
}
