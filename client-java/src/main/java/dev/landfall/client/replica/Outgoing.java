package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to be sent.
 *
 * @param clientClock the cursor
 * @param changes those of one document in the order in which they were made
 * @param count how many of them have not been answered; it can be sent in so many parts
 */
public record Outgoing(HybridTimestamp clientClock, List<Change> changes, int count) {

  /**
   * What was done to one version of a document.
   *
   * @param document as the user has it; empty for a deletion
   * @param clocks of the edits by path, of a deletion under the empty path
   * @param base what texts, numbers and lists among what was edited were in that version
   */
  public record Change(
      DocumentAddress address,
      Optional<JsonObject> document,
      Map<String, HybridTimestamp> clocks,
      HybridTimestamp baseClock,
      Optional<JsonObject> base) {}

  public Outgoing {
    changes = List.copyOf(changes);
  }

  /** A request that only pulls. */
  public static Outgoing pull(HybridTimestamp clientClock) {
    return new Outgoing(clientClock, List.of(), 0);
  }
}
