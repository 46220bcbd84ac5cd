package dev.landfall.engine.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Cursors;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a client may hear of its collections without seeing them, all of it as of one commit: that
 * something has changed.
 *
 * @param changed for each collection in which a pull would bring something, the clock up to which
 *     it would; in the order in which the collections were asked for
 * @param until everything up to this is in {@code changed} or was told before
 */
public record News(Map<CollectionName, HybridTimestamp> changed, HybridTimestamp until) {
  public News {
    changed = Collections.unmodifiableMap(new LinkedHashMap<>(changed));
  }

  /**
   * Looks.
   *
   * @param told up to where the caller knows each collection; a clock that was not handed out here
   *     is taken for zero, and that is news to its holder
   * @param likely the collections that are looked at one by one; the others are first looked at
   *     together
   */
  public static News of(
      ApplicationStore store,
      Caller caller,
      Cursors cursors,
      Map<CollectionName, HybridTimestamp> told,
      Set<CollectionName> likely) {
    Tip tip = store.tip();
    Map<CollectionName, HybridTimestamp> known = new LinkedHashMap<>();
    Set<CollectionName> astray = new HashSet<>();
    told.forEach(
        (name, clock) -> {
          boolean usable = clock.isZero() || cursors.isOfThisLog(clock, tip);
          known.put(name, usable ? clock : HybridTimestamp.ZERO);
          if (!usable) {
            astray.add(name);
          }
        });
    Map<HybridTimestamp, Set<Feed>> others = new HashMap<>();
    known.forEach(
        (name, clock) -> {
          if (!likely.contains(name)) {
            others
                .computeIfAbsent(clock, after -> new LinkedHashSet<>())
                .addAll(caller.feeds(name));
          }
        });
    others.entrySet().removeIf(group -> isNew(store, group.getValue(), group.getKey()));
    Map<CollectionName, HybridTimestamp> changed = new LinkedHashMap<>();
    known.forEach(
        (name, clock) -> {
          boolean quiet = !likely.contains(name) && others.containsKey(clock);
          if (astray.contains(name) || (!quiet && isNew(store, caller.feeds(name), clock))) {
            String scope = ServerNode.scope(caller.owner(), name);
            changed.put(name, ServerNode.toCursor(tip.clock(), scope));
          }
        });
    return new News(changed, tip.clock());
  }

  private static boolean isNew(ApplicationStore store, Set<Feed> feeds, HybridTimestamp after) {
    return !store.feed(feeds, after, Feed.NO_END, 1, 1).items().isEmpty();
  }
}
