package dev.landfall.engine.search;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The searches of this node that look at everything their callers may read: only so many at once,
 * because each of them may take long. Who has a place gets another one only while as many as he has
 * then are left for others; and only a few wait, as each holds a thread. Safe for concurrent use.
 */
public final class FullScans {
  private static final int MAX_WAITING = 32;
  private static final int MAX_WAITING_OF_ONE = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Integer> taken = new HashMap<>();
  private final List<Ticket> waiting = new ArrayList<>();
  private int free;
  private final LongAdder count = new LongAdder();

  /** Somebody who waits. Told apart by identity. */
  private static final class Ticket {
    private final String searcher;
    private boolean admitted;

    Ticket(String searcher) {
      this.searcher = searcher;
    }
  }

  /** At most {@code max} at once. */
  public FullScans(int max) {
    this.free = max;
  }

  /**
   * Does it when there is a place.
   *
   * @param patience how long to wait for one
   * @throws SyncException if there is none until then
   */
  <T> T scan(String searcher, Duration patience, Supplier<T> work) {
    return takeTurns(
        searcher,
        patience,
        () -> {
          count.increment();
          return work.get();
        });
  }

  /**
   * Does part of a search that looks at much, but not at everything, when there is a place.
   *
   * @param patience how long to wait for one
   * @throws SyncException if there is none until then
   */
  <T> T takeTurns(String searcher, Duration patience, Supplier<T> work) {
    if (!enter(searcher, patience)) {
      throw new SyncException(
          SyncProblem.RATE_LIMITED, "too many searches look at everything already");
    }
    try {
      return work.get();
    } finally {
      leave(searcher);
    }
  }

  /** How many there have been. */
  public long count() {
    return count.sum();
  }

  private boolean mayEnter(String searcher) {
    int own = taken.getOrDefault(searcher, 0);
    return free > 0 && (own == 0 || own < free);
  }

  private void take(String searcher) {
    free--;
    taken.merge(searcher, 1, Integer::sum);
  }

  private boolean enter(String searcher, Duration patience) {
    lock.lock();
    try {
      if (mayEnter(searcher)) {
        take(searcher);
        return true;
      }
      long own = waiting.stream().filter(one -> one.searcher.equals(searcher)).count();
      if (waiting.size() >= MAX_WAITING || own >= MAX_WAITING_OF_ONE) {
        return false;
      }
      return await(new Ticket(searcher), patience);
    } finally {
      lock.unlock();
    }
  }

  private boolean await(Ticket ticket, Duration patience) {
    waiting.add(ticket);
    try {
      long left = patience.toNanos();
      while (!ticket.admitted && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.remove(ticket);
    }
    return ticket.admitted;
  }

  private void leave(String searcher) {
    lock.lock();
    try {
      free++;
      taken.computeIfPresent(searcher, (key, own) -> own == 1 ? null : own - 1);
      Iterator<Ticket> tickets = waiting.iterator();
      while (free > 0 && tickets.hasNext()) {
        Ticket first = tickets.next();
        if (!first.admitted && mayEnter(first.searcher)) {
          take(first.searcher);
          first.admitted = true;
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
