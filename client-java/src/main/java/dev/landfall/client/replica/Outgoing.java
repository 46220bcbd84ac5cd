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
 */
public record Outgoing(HybridTimestamp clientClock, List<Change> changes) {
  /**
   * One document.
   *
   * @param document as the user has it; empty for a deletion
   * @param clocks of the edits by path, of a deletion under the empty path
   */
  public record Change(
      DocumentAddress address,
      Optional<JsonObject> document,
      Map<String, HybridTimestamp> clocks,
      HybridTimestamp baseClock) {}

  public Outgoing {
    changes = List.copyOf(changes);
  }
}
