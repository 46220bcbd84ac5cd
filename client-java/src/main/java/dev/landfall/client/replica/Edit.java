package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * An edit of a leaf, or the deletion of a document.
 *
 * @param value null if it takes the leaf away
 * @param clock by which the server decides
 * @param since the number of the first local change that is waiting in it; what was typed over
 *     before it was sent counts
 */
public record Edit(@Nullable JsonValue value, HybridTimestamp clock, long since) {
  Edit at(HybridTimestamp other) {
    return new Edit(value, other, since);
  }
}
