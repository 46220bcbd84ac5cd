package dev.landfall.engine.commit;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.LinkedHashSet;
import java.util.Set;

/** How many collections an owner may have in one application. Safe for concurrent use. */
public final class CollectionLimit {
  private static final int MAX_KNOWN = 100_000;

  private final ApplicationStore store;
  private final int max;
  private final RecentlyUsed<Feed, Boolean> existing = new RecentlyUsed<>(MAX_KNOWN);

  /** At most {@code max} in {@code store}. */
  public CollectionLimit(ApplicationStore store, int max) {
    this.store = store;
    this.max = max;
  }

  /**
   * Finds that {@code owner} may write to {@code collections}.
   *
   * @param place what the caller calls them, for the message
   * @throws SyncException if some of them would be new, and there would be too many
   */
  public void check(Owner owner, Set<CollectionName> collections, String place) {
    if (collections.stream().allMatch(name -> existing.get(new Feed(owner, name)).isPresent())) {
      return;
    }
    Set<CollectionName> all = new LinkedHashSet<>(store.collections(owner, max));
    int before = all.size();
    for (CollectionName name : collections) {
      if (!all.add(name)) {
        existing.put(new Feed(owner, name), true);
      }
    }
    if (all.size() > max && all.size() > before) {
      throw new SyncException(
          SyncProblem.OUT_OF_ROOM,
          place + ": there would be more than " + max + " collections",
          JsonObject.builder().put("limit", "collections").put("max", max).build());
    }
  }

  /** Forgets what is known of {@code owner}, who is erased. */
  public void forget(Owner owner) {
    existing.removeIf(feed -> feed.reader().equals(owner));
  }
}
