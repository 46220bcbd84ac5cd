package dev.landfall.api.store;

import dev.landfall.api.HybridTimestamp;

/**
 * The end of a commit log.
 *
 * @param number of the last commit; the first has 1
 * @param clock the latest clock of that commit
 */
public record Tip(long number, HybridTimestamp clock) {
  /** The end of an empty log. */
  public static final Tip NONE = new Tip(0, HybridTimestamp.ZERO);
}
