package dev.landfall.client.replica;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.Optional;

/**
 * A change that the server did not take, kept until the user has decided.
 *
 * @param number its place in the inbox of this collection
 * @param code {@code bad_request} (a schema, a limit), {@code too_large}, {@code read_only} or
 *     {@code revoked}
 * @param details what the server said; for a schema {@code [{key, field, message}]}
 * @param document the whole document as the user had it; empty if they had deleted it
 * @param edits what they had done to it
 */
public record Refusal(
    long number,
    DocumentAddress address,
    String code,
    JsonValue details,
    Optional<JsonObject> document,
    Edits edits) {
  /** The number of the first local change in it. */
  public long firstChange() {
    return edits.first();
  }
}
