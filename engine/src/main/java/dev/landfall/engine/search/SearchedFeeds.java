package dev.landfall.engine.search;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.FeedEntry;
import java.util.List;

/** Where a search looks: all that the caller may read, or what an index says of it. */
interface SearchedFeeds {
  /**
   * A piece of what stands after {@code after} and up to {@code upTo}, oldest first, from one
   * moment.
   */
  Piece read(HybridTimestamp after, HybridTimestamp upTo);

  /** A document that the caller may read, as it stands in a feed. */
  record Found(FeedEntry entry, Bytes wire) {}

  /**
   * A piece.
   *
   * @param last where it ends
   * @param more whether something stands behind that
   */
  record Piece(List<Found> found, HybridTimestamp last, boolean more) {}
}
