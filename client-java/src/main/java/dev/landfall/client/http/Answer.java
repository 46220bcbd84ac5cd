package dev.landfall.client.http;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Reply;
import java.time.Duration;
import java.util.Optional;

/** What became of a request. */
public sealed interface Answer {
  /** It was done. */
  record Done(Reply reply) implements Answer {}

  /**
   * Who is asking, and whom.
   *
   * @param instance the server's own name for itself; earlier versions have none
   * @param epoch another one whenever it was emptied or set back; earlier versions have none
   */
  record Identified(UserId user, Optional<String> instance, Optional<String> epoch)
      implements Answer {}

  /** Nothing was sent, or nothing was read: it is not known who is asking and whom. */
  record Unidentified() implements Answer {}

  /**
   * A page of what a search has found.
   *
   * @param self whose documents are one's own
   */
  record Found(JsonObject page, String self) implements Answer {}

  /** The clock of the device is too far ahead. */
  record Drifted(long serverMillis, long maxDriftMillis) implements Answer {}

  /** The token is not accepted (any more). */
  record Unauthorized() implements Answer {}

  /** The caller is not in the organisation (any more). */
  record NotAMember(String message) implements Answer {}

  /**
   * Something on the way refuses it, a proxy, a firewall or the sign-in page of a network: the
   * answer has not the form of the server's. Nobody knows what became of the request.
   */
  record Strange(int status, Optional<Duration> after) implements Answer {}

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
