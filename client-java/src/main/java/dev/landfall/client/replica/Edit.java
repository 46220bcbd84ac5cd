package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * An edit of a leaf, or the deletion of a document.
 *
 * @param value null if it takes the leaf away
 * @param clock by which the server decides
 * @param since the number of the first local change that is waiting in it; what was typed over
 *     before it was sent counts
 * @param was what the leaf was in the version it was made from, if that is a text, a number or a
 *     list: these may be merged, for which a server whose history is too short asks the client.
 *     Null for anything else, and where it is not known
 */
public record Edit(
    @Nullable JsonValue value, HybridTimestamp clock, long since, @Nullable JsonValue was) {

  /** An edit of which it does not matter what was there before. */
  Edit(@Nullable JsonValue value, HybridTimestamp clock, long since) {
    this(value, clock, since, null);
  }

  Edit at(HybridTimestamp other) {
    return new Edit(value, other, since, was);
  }

  /** The same, in which an earlier local change is waiting, too. */
  Edit since(long number) {
    return number < since ? new Edit(value, clock, number, was) : this;
  }

  /**
   * The same, made from a version of the document.
   *
   * @param leaf what the leaf is there; null if there is none, or it is not known
   */
  Edit madeFrom(@Nullable JsonValue leaf) {
    boolean merges =
        value != null
            && (leaf instanceof JsonString
                || leaf instanceof JsonNumber
                || leaf instanceof JsonArray);
    return new Edit(value, clock, since, merges ? leaf : null);
  }
}
