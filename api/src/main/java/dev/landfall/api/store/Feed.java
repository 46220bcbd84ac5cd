package dev.landfall.api.store;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Principal;

/**
 * The changes of one collection that one principal may read. The order means nothing; it keeps
 * tables fast whose keys have been made to collide.
 */
public record Feed(Principal reader, CollectionName collection) implements Comparable<Feed> {
  @Override
  public int compareTo(Feed other) {
    int order = collection.compareTo(other.collection);
    return order != 0 ? order : reader.text().compareTo(other.reader.text());
  }
}
