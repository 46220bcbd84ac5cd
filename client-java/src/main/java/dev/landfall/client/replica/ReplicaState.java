package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;

/**
 * What a replica knows besides its documents.
 *
 * @param clock the device's
 * @param cursor the last {@code serverClock}
 * @param complete the last cursor that stood at the end of a pull; in the middle of one, a document
 *     may have moved on unseen
 * @param unanswered the latest edit clock that may have been stored although no answer came
 * @param offset what to add to the device's wall clock, in milliseconds
 * @param more whether the last page was not the last one
 * @param resync whether a pull from zero is under way, and why
 * @param generation the number of that pull, or of the last one
 * @param changes how many local changes there have been
 * @param refusals how many changes have been refused
 */
public record ReplicaState(
    HybridTimestamp clock,
    HybridTimestamp cursor,
    HybridTimestamp complete,
    HybridTimestamp unanswered,
    long offset,
    boolean more,
    Resync resync,
    long generation,
    long changes,
    long refusals) {

  /** Of a device that has heard of nothing. */
  public static ReplicaState fresh(String node) {
    HybridTimestamp zero = HybridTimestamp.ZERO;
    return new ReplicaState(zero.withNode(node), zero, zero, zero, 0, false, Resync.NONE, 0, 0, 0);
  }

  /** The same of a device that calls itself {@code node} from now on. */
  public ReplicaState opened(String node) {
    return withClock(clock.withNode(node));
  }

  /** Whether {@code other} differs in more than what can be found out again. */
  boolean differsFrom(ReplicaState other) {
    return !withClock(other.clock).equals(other);
  }

  private ReplicaState withClock(HybridTimestamp other) {
    return new ReplicaState(
        other, cursor, complete, unanswered, offset, more, resync, generation, changes, refusals);
  }
}
