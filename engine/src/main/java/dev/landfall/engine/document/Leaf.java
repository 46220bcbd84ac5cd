package dev.landfall.engine.document;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one leaf. Detect with the commit clock, decide with the edit clock: an edit made
 * offline long ago and pushed late has an old edit clock and a new commit clock.
 *
 * @param value null if the leaf has been removed; then the clocks tell when
 * @param wire the clock that clients are given. It is the edit clock of the device that sent the
 *     value, or the commit clock of a value that no client sent as it is, so that a client which
 *     merges again takes it
 * @param edit the latest edit that the value holds: what decides against other edits and deletions
 * @param commit when the server last took an edit of this leaf into the value
 * @param written the latest clock of any value written here, whatever became of it; zero if there
 *     was none. What is earlier than it has no place above or below it
 */
public record Leaf(
    @Nullable JsonValue value,
    HybridTimestamp wire,
    HybridTimestamp edit,
    HybridTimestamp commit,
    HybridTimestamp written) {

  /** A leaf with a value as a client sent it. */
  public static Leaf of(JsonValue value, HybridTimestamp edit, HybridTimestamp commit) {
    return new Leaf(value, edit, edit, commit, edit);
  }

  /**
   * A leaf with a value that no client sent as it is.
   *
   * @param edit the latest edit that went into it
   */
  public static Leaf made(JsonValue value, HybridTimestamp edit, HybridTimestamp commit) {
    return new Leaf(value, commit, edit, commit, edit);
  }

  /**
   * A leaf with a value that some device had from a server which has lost it since. When it was
   * written is not known here; the devices that know give way to no clock they are given with it.
   */
  public static Leaf ofUnknownAge(JsonValue value, HybridTimestamp commit) {
    return of(value, HybridTimestamp.ZERO, commit);
  }

  /** Whether nobody has said when the value was written. */
  public boolean isOfUnknownAge() {
    return !isRemoved() && wire.isZero() && edit.isZero();
  }

  /** A leaf without a value where {@code before} has been, if anything. */
  public static Leaf removed(HybridTimestamp edit, HybridTimestamp commit, @Nullable Leaf before) {
    return new Leaf(
        null, edit, edit, commit, before == null ? HybridTimestamp.ZERO : before.written());
  }

  /** The same value, which another edit has now too. Clients are given the same clock. */
  public Leaf holding(HybridTimestamp other, HybridTimestamp committed) {
    return new Leaf(
        value,
        isRemoved() ? HybridTimestamp.later(wire, other) : wire,
        HybridTimestamp.later(edit, other),
        committed,
        isRemoved() ? written : HybridTimestamp.later(written, other));
  }

  /** The same after a value under {@code other} was written here and lost. */
  public Leaf displacing(HybridTimestamp other) {
    return new Leaf(value, wire, edit, commit, HybridTimestamp.later(written, other));
  }

  /** Whether there is no value any more. */
  public boolean isRemoved() {
    return value == null;
  }
}
