package dev.landfall.api.store;

import dev.landfall.api.HybridTimestamp;
import java.util.List;

/**
 * One entry of the commit log.
 *
 * @param number one more than the commit before
 * @param clock the latest clock in it, later than every clock of the commits before
 * @param epoch the run of a server node that made it, 1 to 32 ASCII letters and digits
 * @param token tells this entry from another that somebody tries to insert under the same number; 1
 *     to 64 ASCII characters
 * @param documents what to store, each id at most once; empty if the commit only moves the clock
 * @param entries what to enter in feeds, each document of a feed at most once, every document among
 *     {@code documents}
 */
public record Commit(
    long number,
    HybridTimestamp clock,
    String epoch,
    String token,
    List<StoredDocument> documents,
    List<FeedEntry> entries) {
  public Commit {
    if (number < 1) {
      throw new IllegalArgumentException("commits are numbered from 1");
    }
    documents = List.copyOf(documents);
    entries = List.copyOf(entries);
  }
}
