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
 * @param written the latest clock of any value written here, whatever became of it; zero if there
 *     was none. What is earlier than it has no place above or below it
 */
public record Leaf(
    @Nullable JsonValue value,
    HybridTimestamp edit,
    HybridTimestamp commit,
    HybridTimestamp written) {

  /** A leaf with a value. */
  public static Leaf of(JsonValue value, HybridTimestamp edit, HybridTimestamp commit) {
    return new Leaf(value, edit, commit, edit);
  }

  /** A leaf without a value where {@code before} has been, if anything. */
  public static Leaf removed(HybridTimestamp edit, HybridTimestamp commit, @Nullable Leaf before) {
    return new Leaf(null, edit, commit, before == null ? HybridTimestamp.ZERO : before.written());
  }

  /** Whether there is no value any more. */
  public boolean isRemoved() {
    return value == null;
  }
}
