package dev.landfall.engine.simulation;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Lets work on several threads take turns, one at a time, so that a schedule can be repeated. */
final class Turns {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "flight");
            thread.setDaemon(true);
            return thread;
          });

  private static final ThreadLocal<@Nullable Flight> CURRENT = new ThreadLocal<>();

  private Turns() {}

  /** Ends work that nobody waits for any more. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Work that goes on from one {@link #pause} to the next each time it is its turn. */
  static final class Flight {
    private final Runnable work;
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore over = new Semaphore(0);
    private volatile boolean done;
    private volatile boolean abandoned;
    private boolean started;
    private volatile @Nullable Throwable failure;

    Flight(Runnable work) {
      this.work = work;
    }

    /** Goes on; true if it has ended. */
    boolean proceed() {
      if (started) {
        turn.release();
      } else {
        started = true;
        THREADS.execute(this::run);
      }
      over.acquireUninterruptibly();
      Throwable problem = failure;
      if (problem instanceof Error error) {
        throw error;
      }
      if (problem != null) {
        throw new AssertionError("the engine failed: " + problem, problem);
      }
      return done;
    }

    void abandon() {
      abandoned = true;
      if (started && !done) {
        turn.release();
      }
    }

    private void run() {
      CURRENT.set(this);
      try {
        work.run();
      } catch (Throwable e) {
        failure = abandoned ? null : e;
      } finally {
        CURRENT.remove();
        done = true;
        over.release();
      }
    }
  }

  /** Ends the turn of the work that calls this; returns at once outside of such work. */
  static void pause() {
    Flight flight = CURRENT.get();
    if (flight != null && !flight.abandoned) {
      flight.over.release();
      flight.turn.acquireUninterruptibly();
      if (flight.abandoned) {
        throw new Abandoned();
      }
    }
  }
}
