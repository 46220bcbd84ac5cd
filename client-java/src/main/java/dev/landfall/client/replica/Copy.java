package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One document as a device has it.
 *
 * @param base as the server has it, as far as is known; null if it has none. Under edits of a
 *     document that was deleted elsewhere meanwhile it is what they were made in, until the server
 *     has decided
 * @param revision of {@code base}, zero if it was never heard of
 * @param madeFrom what the edits were made from, as a clock; it stays when another version comes in
 *     under them. Null if that is the last complete pull or {@code revision}, whichever is later
 * @param sent what is on its way: either a deletion or edits of leaves. It stays as it is, and is
 *     sent again as it is, until there is an answer
 * @param next what was done afterwards
 * @param clocks when the leaves of {@code base} were edited
 * @param generation the number of the last pull from zero that told of it
 */
public record Copy(
    @Nullable JsonObject base,
    HybridTimestamp revision,
    @Nullable HybridTimestamp madeFrom,
    Edits sent,
    Edits next,
    LeafClocks clocks,
    long generation) {

  static final Copy NOTHING =
      new Copy(null, HybridTimestamp.ZERO, null, Edits.NONE, Edits.NONE, LeafClocks.NONE, 0);

  /** What the user sees; empty if there is no such document. */
  public Optional<JsonObject> document() {
    return Optional.ofNullable(next.on(sent.on(base)));
  }

  /** Whether the server has to be told of something. */
  public boolean isPending() {
    return !sent.isEmpty() || !next.isEmpty();
  }

  /** Whether there is nothing to remember. */
  boolean isNothing() {
    return base == null && !isPending();
  }

  /** The number of the first local change that is still waiting. */
  long first() {
    return Math.min(sent.first(), next.first());
  }

  Copy with(Edits newSent, Edits newNext) {
    return new Copy(base, revision, madeFrom, newSent, newNext, clocks, generation);
  }

  Copy madeFrom(@Nullable HybridTimestamp clock) {
    return new Copy(base, revision, clock, sent, next, clocks, generation);
  }

  /**
   * The server holds what was sent, as revision {@code acknowledged}.
   *
   * @param stampedAgain whether what came afterwards gets clocks later than that; otherwise it
   *     stays made from before, or it would look like something that was known there
   */
  Copy asSent(HybridTimestamp acknowledged, long newGeneration, boolean stampedAgain) {
    HybridTimestamp from = stampedAgain || next.isEmpty() ? null : madeFrom;
    JsonObject stored = sent.on(base);
    return new Copy(
        stored,
        acknowledged,
        from,
        Edits.NONE,
        next,
        clocks.after(sent, base, stored),
        newGeneration);
  }

  /** What was sent was not stored, or nobody knows; it is to be sent with what came afterwards. */
  Copy notSent() {
    return with(Edits.NONE, sent.then(next));
  }
}
