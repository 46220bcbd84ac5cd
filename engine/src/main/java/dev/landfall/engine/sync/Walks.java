package dev.landfall.engine.sync;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * The searches of this node that look at everything their callers may read: only so many at once,
 * because each of them may take long. Safe for concurrent use.
 */
final class Walks {
  private static final long WAIT_SECONDS = 20;

  private final Semaphore places;
  private final LongAdder count = new LongAdder();

  /** At most {@code max} at once. */
  Walks(int max) {
    this.places = new Semaphore(max, true);
  }

  /**
   * Does it when there is a place.
   *
   * @throws SyncException if there is none for a long time
   */
  <T> T walk(Supplier<T> work) {
    return takeTurns(
        () -> {
          count.increment();
          return work.get();
        });
  }

  /**
   * Does part of a search that looks at much, but not at everything, when there is a place.
   *
   * @throws SyncException if there is none for a long time
   */
  <T> T takeTurns(Supplier<T> work) {
    if (!enter()) {
      throw new SyncException(
          SyncProblem.RATE_LIMITED, "too many searches look at everything already");
    }
    try {
      return work.get();
    } finally {
      places.release();
    }
  }

  /** How many there have been. */
  long count() {
    return count.sum();
  }

  private boolean enter() {
    try {
      return places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
