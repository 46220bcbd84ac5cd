package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreUnavailableException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The connections that read. Safe for concurrent use. */
final class Readers implements AutoCloseable {
  private static final int MOST =
      Math.max(4, Math.min(16, 2 * Runtime.getRuntime().availableProcessors()));

  private final Opening opening;
  private final Semaphore places = new Semaphore(MOST, true);
  private final Deque<Session> idle = new ArrayDeque<>();
  private boolean closed;

  /** Connections that {@code opening} makes. */
  Readers(Opening opening) {
    this.opening = opening;
  }

  /** Makes a connection. */
  @FunctionalInterface
  interface Opening {
    Session open() throws SQLException;
  }

  /** Does {@code work} with a connection that nobody else uses meanwhile. */
  <T> T lend(String operation, Session.Work<T> work) throws SQLException {
    takePlace(operation);
    try {
      Session session = borrow(operation);
      boolean done = false;
      try {
        T result = work.on(session);
        done = true;
        return result;
      } finally {
        giveBack(session, done);
      }
    } finally {
      places.release();
    }
  }

  private void takePlace(String operation) {
    try {
      if (!places.tryAcquire(Session.PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        throw new StoreUnavailableException(operation + ": other readers take too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(operation + ": interrupted", e);
    }
  }

  private Session borrow(String operation) throws SQLException {
    synchronized (idle) {
      if (closed) {
        throw Database.closed(operation);
      }
      Session session = idle.pollFirst();
      if (session != null) {
        return session;
      }
    }
    return opening.open();
  }

  private void giveBack(Session session, boolean usable) {
    synchronized (idle) {
      if (usable && !closed) {
        idle.addFirst(session);
        return;
      }
    }
    session.discard();
  }

  /** Those that are still at work end by themselves. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      while (!idle.isEmpty()) {
        idle.removeFirst().discard();
      }
    }
  }
}
