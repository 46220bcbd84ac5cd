package dev.landfall.api.store;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Principal;

/**
 * The changes of one collection that one principal may read. The order means nothing; it keeps
 * tables fast whose keys have been made to collide.
 */
public record Feed(Principal reader, CollectionName collection) implements Comparable<Feed> {
  /** Later than every position in a feed. */
  public static final HybridTimestamp NO_END =
      new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_SEQUENCE, "~");

  @Override
  public int compareTo(Feed other) {
    int order = collection.compareTo(other.collection);
    return order != 0 ? order : reader.text().compareTo(other.reader.text());
  }
}
