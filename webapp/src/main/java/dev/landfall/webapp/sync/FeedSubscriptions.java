package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import java.util.function.ObjLongConsumer;

/**
 * Those who wait for news of feeds, and the engine's word that there are some. Nobody has a thread
 * here: waiting is an entry in a map. Safe for concurrent use.
 */
public final class FeedSubscriptions implements EngineObserver {
  private final int maxOfUser;
  private volatile boolean stopping;
  private final ConcurrentMap<Topic, Set<Waiter>> byTopic = new ConcurrentHashMap<>();
  private final ConcurrentMap<UserId, Integer> ofUser = new ConcurrentHashMap<>();

  /** The last commit of each application that everybody waiting has been told of. */
  private final ConcurrentMap<ApplicationName, Long> told = new ConcurrentHashMap<>();

  private record Topic(ApplicationName application, Feed feed) implements Comparable<Topic> {
    @Override
    public int compareTo(Topic other) {
      int order = feed.compareTo(other.feed);
      return order != 0 ? order : application.compareTo(other.application);
    }
  }

  /** So many are woken at once; the others in groups of as many, one after the other. */
  private static final int AT_ONCE = 25;

  private static final long BETWEEN_MILLIS = 50;

  /** Is woken. Must be quick: it is called on the thread of whoever brings the news. */
  interface Wake {
    /**
     * There is news in {@code feed}.
     *
     * @param afterMillis when to look: not all who wait for the same at once
     */
    void news(Feed feed, long afterMillis);

    /**
     * Another node has committed something, or a right may have ended: look.
     *
     * @param afterMillis when
     */
    void perhaps(long afterMillis);

    /** The server stops: nobody may wait any longer. */
    void stop();
  }

  /**
   * Nobody yet.
   *
   * @param maxOfUser how many of one user may wait at the same time
   */
  public FeedSubscriptions(int maxOfUser) {
    this.maxOfUser = maxOfUser;
  }

  /**
   * Waits for news from now on, until leaving. Who subscribes first and looks then misses nothing.
   *
   * @throws SyncException if the user has too many waiting already, or the server stops
   */
  Waiter subscribe(ApplicationName application, Set<Feed> feeds, UserId user, Wake wake) {
    if (stopping) {
      throw stops();
    }
    int waiting = ofUser.merge(user, 1, Integer::sum);
    if (waiting > maxOfUser) {
      leave(user);
      throw new SyncException(
          SyncProblem.RATE_LIMITED, "more than " + maxOfUser + " live connections of this user");
    }
    Waiter waiter = new Waiter(application, Set.copyOf(feeds), user, wake);
    for (Feed feed : waiter.feeds) {
      byTopic.compute(
          new Topic(application, feed),
          (key, present) -> {
            Set<Waiter> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(waiter);
            return all;
          });
    }
    if (stopping) { // whoever stopped the others may not have seen this one
      waiter.leave();
      throw stops();
    }
    return waiter;
  }

  private static SyncException stops() {
    return new SyncException(SyncProblem.UNAVAILABLE, "the server stops");
  }

  /**
   * Sends away whoever waits, and whoever would wait from now on: their connections would hold up
   * the end of the server.
   */
  public void stop() {
    stopping = true;
    if (byTopic.isEmpty()) { // whoever undeploys us may have taken our classes away already
      return;
    }
    Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    byTopic.values().forEach(waiting::addAll);
    waiting.forEach(waiter -> waiter.wake.stop());
  }

  @Override
  public void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {
    told.computeIfPresent(application, (name, last) -> last == number - 1 ? number : last);
    if (byTopic.isEmpty()) {
      return;
    }
    feeds.forEach(feed -> news(application, feed));
  }

  private void news(ApplicationName application, Feed feed) {
    Set<Waiter> waiting = byTopic.get(new Topic(application, feed));
    if (waiting != null) {
      inGroups(waiting, (waiter, after) -> waiter.wake.news(feed, after));
    }
  }

  private static void inGroups(Set<Waiter> waiting, ObjLongConsumer<Waiter> wake) {
    int woken = 0;
    for (Waiter waiter : waiting) {
      wake.accept(waiter, woken++ / AT_ONCE * BETWEEN_MILLIS);
    }
  }

  /** The applications somebody waits in. */
  Set<ApplicationName> applications() {
    Set<ApplicationName> waiting = ConcurrentHashMap.newKeySet();
    byTopic.keySet().forEach(topic -> waiting.add(topic.application()));
    return waiting;
  }

  /** Whether nobody waiting in {@code application} has been told of its commit {@code number}. */
  boolean isUntold(ApplicationName application, long number) {
    Long last = told.get(application);
    return last == null || last < number;
  }

  /** Nobody waits: whoever comes will look for themselves. */
  void forget(ApplicationName application) {
    told.remove(application);
  }

  /**
   * Wakes those in an application who may not know of its last commits: other nodes have made them.
   *
   * @param last the number of its last commit, as just read
   * @param changed the feeds in which commits after a number have entries, if that is known
   * @return whether there were commits that nobody had been told of
   */
  boolean lastCommit(
      ApplicationName application, long last, LongFunction<Optional<Set<Feed>>> changed) {
    Long before = told.get(application);
    told.merge(application, last, Math::max);
    if (before != null && before >= last) {
      return false;
    }
    Optional<Set<Feed>> feeds = before == null ? Optional.empty() : changed.apply(before);
    if (feeds.isPresent()) {
      feeds.get().forEach(feed -> news(application, feed));
    } else {
      Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
      byTopic.forEach(
          (topic, waiters) -> {
            if (topic.application().equals(application)) {
              waiting.addAll(waiters);
            }
          });
      inGroups(waiting, (waiter, after) -> waiter.wake.perhaps(after));
    }
    return before != null;
  }

  /** Wakes everybody of one user, to look whether they may still listen. */
  public void wake(UserId user) {
    Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    byTopic
        .values()
        .forEach(
            waiters -> waiters.stream().filter(one -> one.user.equals(user)).forEach(waiting::add));
    inGroups(waiting, (waiter, after) -> waiter.wake.perhaps(after));
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
    private final ApplicationName application;
    private final Set<Feed> feeds;
    private final UserId user;
    private final Wake wake;
    private final AtomicBoolean gone = new AtomicBoolean();

    private Waiter(ApplicationName application, Set<Feed> feeds, UserId user, Wake wake) {
      this.application = application;
      this.feeds = feeds;
      this.user = user;
      this.wake = wake;
    }

    /** Gives up the place; again is the same as once. */
    void leave() {
      if (gone.compareAndSet(false, true)) {
        for (Feed feed : feeds) {
          byTopic.computeIfPresent(
              new Topic(application, feed),
              (key, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
              });
        }
        FeedSubscriptions.this.leave(user);
      }
    }
  }
}
