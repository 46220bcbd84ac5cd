package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where the documents of an answer end.
 *
 * @param serverClock what the client keeps; everything up to it has been delivered
 * @param more whether there is more to deliver
 * @param pending how many documents are left; present where a page was asked for
 * @param withheld documents of others that were kept from a client that cannot tell them from its
 *     own of the same key; at most {@link #MAX_WITHHELD} are named
 */
public record PageEnd(
    HybridTimestamp serverClock, boolean more, OptionalLong pending, List<DocumentId> withheld) {
  /** How many withheld documents an answer names. */
  public static final int MAX_WITHHELD = 1_000;

  public PageEnd {
    withheld = List.copyOf(withheld);
  }
}
