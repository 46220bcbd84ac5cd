package dev.landfall.engine.commit;

import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What the owners in one application have, held against their quota. The store is asked once for
 * each owner and then each minute; in between this goes on with what it is told of commits, so it
 * is exact where this node alone commits, and elsewhere behind by what others did in a minute. For
 * one thread at a time: whoever makes the commit.
 */
final class Usages {
  private static final int MAX_OWNERS = 10_000;
  private static final long GOOD_FOR_MILLIS = 60_000;

  /** A refusal is not told from something older. */
  private static final long GOOD_FOR_REFUSAL_MILLIS = 5_000;

  private final Quota quota;
  private final ApplicationStore store;
  private final InstantSource time;
  private final RecentlyUsed<Owner, Known> known = new RecentlyUsed<>(MAX_OWNERS);

  private record Known(Usage usage, long countedMillis) {}

  /** What owners have in {@code store}. */
  Usages(Quota quota, ApplicationStore store, InstantSource time) {
    this.quota = quota;
    this.store = store;
    this.time = time;
  }

  /** Whether anything is counted at all. */
  boolean areCounted() {
    return !quota.equals(Quota.NONE);
  }

  /**
   * Finds that nobody has more than allowed after a submission; who had so before may keep it, and
   * have less.
   *
   * @param before what else there is in the commit, by owner
   * @param growth by the submission
   * @throws SyncException if somebody has
   */
  void check(Map<Owner, Usage> before, Map<Owner, Usage> growth) {
    growth.forEach((owner, more) -> check(owner, before.getOrDefault(owner, Usage.NONE), more));
  }

  private void check(Owner owner, Usage before, Usage growth) {
    if (growth.documents() <= 0 && growth.bytes() <= 0) {
      return;
    }
    Usage more = before.plus(growth);
    if (exceeds(of(owner, GOOD_FOR_MILLIS).plus(more), growth)) {
      Usage all = of(owner, GOOD_FOR_REFUSAL_MILLIS).plus(more);
      if (exceeds(all, growth)) {
        boolean many = growth.documents() > 0 && all.documents() > quota.documents();
        throw many ? refusal("documents", quota.documents()) : refusal("bytes", quota.bytes());
      }
    }
  }

  private boolean exceeds(Usage all, Usage growth) {
    return (growth.documents() > 0 && all.documents() > quota.documents())
        || (growth.bytes() > 0 && all.bytes() > quota.bytes());
  }

  private static SyncException refusal(String what, long max) {
    return new SyncException(
        SyncProblem.OUT_OF_ROOM,
        "the owner would have more than " + max + " " + what + " in this application",
        JsonObject.builder().put("limit", what).put("max", max).build());
  }

  private Usage of(Owner owner, long goodForMillis) {
    long now = time.millis();
    Optional<Known> counted =
        known.get(owner).filter(one -> Math.abs(now - one.countedMillis()) < goodForMillis);
    if (counted.isPresent()) {
      return counted.get().usage();
    }
    Usage usage = store.usage(owner);
    known.put(owner, new Known(usage, now));
    return usage;
  }

  /** A commit has been made by which the owners have so much more. */
  void committed(Map<Owner, Usage> growth) {
    growth.forEach(
        (owner, more) ->
            known.change(owner, old -> new Known(old.usage().plus(more), old.countedMillis())));
  }

  /** A commit may have been made, or not. */
  void unsure() {
    known.clear();
  }
}
