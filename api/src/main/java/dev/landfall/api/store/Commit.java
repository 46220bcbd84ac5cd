package dev.landfall.api.store;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One entry of the commit log.
 *
 * @param number one more than the commit before
 * @param clock the latest clock in it, later than every clock of the commits before
 * @param epoch the run of a server node that made it, 1 to 32 ASCII letters and digits
 * @param token tells this entry from another that somebody tries to insert under the same number; 1
 *     to 64 ASCII characters
 * @param documents what to store, each id at most once; empty if the commit only moves the clock.
 *     One whose terms are other than before has entries in all the feeds in which it stands, or in
 *     none: then it is found by the new terms in all of them
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

  /**
   * Finds that this is what is said of a commit, and later than the one before.
   *
   * @param last the commit before
   * @throws IllegalArgumentException if not
   */
  public void checkFollows(Tip last) {
    if (!clock.isAfter(last.clock())) {
      throw new IllegalArgumentException("the clock of a commit is later than those before");
    }
    if (entries.isEmpty()) {
      return;
    }
    Set<DocumentId> ids = new HashSet<>(documents.size() * 2);
    for (StoredDocument document : documents) {
      ids.add(document.id());
    }
    for (FeedEntry entry : entries) {
      if (!ids.contains(entry.document())) {
        throw new IllegalArgumentException("an entry is about a document of its commit");
      }
    }
  }
}
