package dev.landfall.engine.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Register;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Tombstone;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Cursors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Forgets deletions of which everybody knows who could bring the document back. It looks at some of
 * what is remembered each time, and goes on there the next time. Safe for concurrent use.
 */
public final class TakenDeletions {
  private static final int PIECE = 500;

  /** So many are looked at each time. */
  private static final int MOST = 10_000;

  private final ApplicationName application;
  private final ApplicationStore store;
  private final Cursors cursors;
  private HybridTimestamp looked = HybridTimestamp.ZERO;

  /** Those of {@code application}. */
  public TakenDeletions(ApplicationName application, ApplicationStore store, Cursors cursors) {
    this.application = application;
    this.store = store;
    this.cursors = cursors;
  }

  /**
   * Forgets some.
   *
   * @param before only what was deleted before; later versions can still be asked for
   * @param limit when to stop
   * @return how many were forgotten
   */
  public synchronized int forget(FeedFollowers followers, HybridTimestamp before, int limit) {
    Map<Feed, Optional<HybridTimestamp>> passed = new HashMap<>();
    Tip tip = store.tip();
    int forgotten = 0;
    for (int seen = 0; seen < MOST && forgotten < limit; seen += PIECE) {
      List<Tombstone> piece = store.tombstones(looked, PIECE);
      List<Tombstone> taken = new ArrayList<>();
      for (Tombstone one : piece) {
        if (before.isAfter(one.last())
            && one.entries().stream().allMatch(entry -> isTaken(entry, followers, passed, tip))) {
          taken.add(one);
        }
      }
      forgotten += store.forget(taken);
      if (piece.size() < PIECE || !before.isAfter(piece.get(PIECE - 1).revision())) {
        looked = HybridTimestamp.ZERO;
        break;
      }
      looked = piece.get(PIECE - 1).revision();
    }
    return forgotten;
  }

  private boolean isTaken(
      FeedEntry entry,
      FeedFollowers followers,
      Map<Feed, Optional<HybridTimestamp>> passed,
      Tip tip) {
    Feed feed = entry.feed();
    if (feed.reader() instanceof Register) {
      return true; // nobody keeps a copy of it
    }
    String scope = ServerNode.scope(feed.reader(), feed.collection());
    return passed
        .computeIfAbsent(
            feed,
            one -> followers.passed(application, one, clock -> cursors.isIssued(clock, scope, tip)))
        .filter(clock -> !entry.position().isAfter(clock))
        .isPresent();
  }
}
