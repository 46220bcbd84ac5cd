package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.sync.EngineObserver;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Those who wait for news of a feed, and the engine's word that there are some. Nobody has a thread
 * here: waiting is an entry in a map. Safe for concurrent use.
 */
public final class Waiters implements EngineObserver {
  private final int maxOfUser;
  private final ConcurrentMap<Topic, Set<Waiter>> byTopic = new ConcurrentHashMap<>();
  private final ConcurrentMap<UserId, Integer> ofUser = new ConcurrentHashMap<>();

  private record Topic(ApplicationName application, Feed feed) {}

  /**
   * Nobody yet.
   *
   * @param maxOfUser how many of one user may wait at the same time
   */
  public Waiters(int maxOfUser) {
    this.maxOfUser = maxOfUser;
  }

  /**
   * Waits for the next news from now on. Who subscribes first and looks then misses nothing.
   *
   * @param wake is called at most once, on a thread of whoever brings the news; must be quick
   * @throws SyncException if the user has too many waiting already
   */
  Waiter subscribe(ApplicationName application, Feed feed, UserId user, Runnable wake) {
    int waiting = ofUser.merge(user, 1, Integer::sum);
    if (waiting > maxOfUser) {
      leave(user);
      throw new SyncException(
          SyncProblem.RATE_LIMITED, "more than " + maxOfUser + " live connections of this user");
    }
    Topic topic = new Topic(application, feed);
    Waiter waiter = new Waiter(topic, user, wake);
    byTopic.compute(
        topic,
        (key, present) -> {
          Set<Waiter> all = present == null ? ConcurrentHashMap.newKeySet() : present;
          all.add(waiter);
          return all;
        });
    return waiter;
  }

  @Override
  public void committed(ApplicationName application, int requests, int documents, Set<Feed> feeds) {
    if (byTopic.isEmpty()) {
      return;
    }
    for (Feed feed : feeds) {
      Set<Waiter> waiting = byTopic.get(new Topic(application, feed));
      if (waiting != null) {
        waiting.forEach(Waiter::wake);
      }
    }
  }

  /** How many wait. */
  public int count() {
    int count = 0;
    for (int waiting : ofUser.values()) {
      count += waiting;
    }
    return count;
  }

  private void leave(UserId user) {
    ofUser.computeIfPresent(user, (key, waiting) -> waiting == 1 ? null : waiting - 1);
  }

  /** Somebody who waits. */
  final class Waiter {
    private final Topic topic;
    private final UserId user;
    private final Runnable wake;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean gone = new AtomicBoolean();

    private Waiter(Topic topic, UserId user, Runnable wake) {
      this.topic = topic;
      this.user = user;
      this.wake = wake;
    }

    /** Wakes, if nobody has done so before. */
    void wake() {
      if (woken.compareAndSet(false, true)) {
        wake.run();
      }
    }

    /** Gives up the place; again is the same as once. */
    void leave() {
      if (gone.compareAndSet(false, true)) {
        byTopic.computeIfPresent(
            topic,
            (key, all) -> {
              all.remove(this);
              return all.isEmpty() ? null : all;
            });
        Waiters.this.leave(user);
      }
    }
  }
}
