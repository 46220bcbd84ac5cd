package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one leaf. Detect with the commit clock, decide with the edit clock: an edit made
 * offline long ago and pushed late has an old edit clock and a new commit clock.
 *
 * @param value null if the leaf has been removed; then the clocks tell when
 * @param edit when the device made the edit
 * @param commit when the server stored it
 */
public record Leaf(@Nullable JsonValue value, HybridTimestamp edit, HybridTimestamp commit) {

  /** Whether there is no value any more. */
  public boolean isRemoved() {
    return value == null;
  }
}
