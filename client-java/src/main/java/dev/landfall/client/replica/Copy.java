package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One document as a device has it.
 *
 * @param base as the server has it, as far as is known; null if it has none. Under edits of a
 *     document that was deleted elsewhere meanwhile it is what they were made in, until the server
 *     has decided
 * @param revision of {@code base}, zero if it was never heard of
 * @param pending what was done to it and has not been answered
 * @param clocks when the leaves of {@code base} were edited
 * @param generation the number of the last pull from zero that told of it
 */
public record Copy(
    @Nullable JsonObject base,
    HybridTimestamp revision,
    PendingChanges pending,
    LeafClocks clocks,
    long generation) {
  static final Copy NOTHING =
      new Copy(null, HybridTimestamp.ZERO, PendingChanges.NONE, LeafClocks.NONE, 0);

  /** What the user sees; empty if there is no such document. */
  public Optional<JsonObject> document() {
    return Optional.ofNullable(pending.on(base));
  }

  /** Whether the server has to be told of something. */
  public boolean isPending() {
    return !pending.isEmpty();
  }

  /** Whether there is nothing to remember. */
  boolean isNothing() {
    return base == null && !isPending();
  }

  Copy with(PendingChanges other) {
    return new Copy(base, revision, other, clocks, generation);
  }

  /**
   * What an edit is made from when nothing is pending, as a clock.
   *
   * @param complete the last cursor that stood at the end of a pull
   */
  HybridTimestamp version(HybridTimestamp complete) {
    return HybridTimestamp.later(complete, revision);
  }

  /** After the edits of one local change. */
  Copy edited(Edits edits, HybridTimestamp complete) {
    Edit deletion = edits.deletion();
    if (deletion != null) {
      return with(pending.deleted(deletion, version(complete)));
    }
    Map<LeafPath, JsonValue> there = base == null ? Map.of() : Leaves.of(base);
    return with(pending.edited(edits.leaves(), there, revision, version(complete)));
  }

  /**
   * The server holds the first {@code count} of what is pending, as revision {@code acknowledged}.
   *
   * @param attempted the clock when they went out. What is later gets clocks later than the answer
   *     and is made from it; the rest stays made from before, or it would look like something that
   *     was known there
   */
  Copy asSent(
      int count, HybridTimestamp acknowledged, long newGeneration, HybridTimestamp attempted) {
    Edits sent = pending.first(count).joined();
    JsonObject stored = base;
    for (PendingChange change : pending.first(count).list()) {
      stored = change.edits().travelOn(stored);
    }
    List<PendingChange> left = new ArrayList<>();
    for (PendingChange change : pending.after(count).list()) {
      left.add(
          change.edits().earliest().isAfter(attempted)
              ? change.madeFrom(acknowledged, stored)
              : change.upon(sent));
    }
    return new Copy(
        stored,
        acknowledged,
        new PendingChanges(left),
        clocks.after(sent, base, stored),
        newGeneration);
  }

  /** What is left of what is pending when the first {@code count} of it are answered otherwise. */
  PendingChanges answered(int count) {
    Edits sent = pending.first(count).joined();
    List<PendingChange> left = new ArrayList<>();
    pending.after(count).list().forEach(change -> left.add(change.upon(sent)));
    return new PendingChanges(left);
  }
}
