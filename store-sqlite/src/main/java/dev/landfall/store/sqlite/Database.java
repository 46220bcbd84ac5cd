package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * An open database file: one connection that writes and a few that read. Safe for concurrent use.
 * The file is this process's alone until {@link #close()}, or until the operating system ends the
 * process.
 */
final class Database implements AutoCloseable {
  /** The most bytes of write-ahead log; beyond it, readers are waited for and it begins anew. */
  static final long WAL_LIMIT = 64L << 20;

  private static final int READERS =
      Math.max(4, Math.min(16, 2 * Runtime.getRuntime().availableProcessors()));

  /**
   * POSIX: a process that closes any descriptor of a file loses all its locks on it. These are of
   * lock files that this process has locked through another descriptor, and are kept from the
   * garbage collector, which would close them.
   */
  private static final Collection<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

  private final Path wal;
  private final Connector connector;
  private final FileChannel lockFile;

  private final ReentrantLock writing = new ReentrantLock(true);
  private @Nullable Session writer;
  private long nextWalCheck = WAL_LIMIT;
  private boolean owesScrub;

  private final Semaphore readers = new Semaphore(READERS, true);
  private final Deque<Session> idle = new ArrayDeque<>();
  private volatile boolean closed;

  private Database(Path file, Connector connector, FileChannel lockFile) {
    this.wal = file.resolveSibling(file.getFileName() + "-wal");
    this.connector = connector;
    this.lockFile = lockFile;
  }

  static Database open(Path file, Connector connector) {
    FileChannel lockFile = lock(file);
    Database database = new Database(file, connector, lockFile);
    try {
      database.exclusively(
          "open",
          session -> {
            Schema.bringUpToDate(session, file);
            return database.payScrub(session); // the process before may have died owing it
          });
      return database;
    } catch (RuntimeException e) {
      database.close();
      if (e.getCause() instanceof SQLiteException sqlite
          && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB) {
        throw new StoreConfigurationException(
            SqliteProvider.FILE, "'" + file + "' is not a database");
      }
      throw e;
    }
  }

  private static FileChannel lock(Path file) {
    Path path = file.resolveSibling(file.getFileName() + ".lock");
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return channel;
        }
        channel.close();
      } catch (OverlappingFileLockException ofThisProcess) {
        NEVER_CLOSED.add(channel);
      }
    } catch (IOException e) {
      throw new StoreUnavailableException("lock " + path, e);
    }
    throw new StoreConfigurationException(
        SqliteProvider.FILE, "'" + file + "' is in use by another server");
  }

  /**
   * Does {@code work} with the connection that writes, and nobody else does meanwhile.
   *
   * @throws StoreUnavailableException if SQLite fails; what was committed before that is committed
   */
  <T> T exclusively(String operation, Session.Work<T> work) {
    acquire(operation);
    try {
      Session session = writer;
      if (closed) {
        throw closed(operation);
      }
      if (session == null) {
        session = connect(Session.Role.WRITER);
        writer = session;
      }
      boolean done = false;
      try {
        T result = work.on(session);
        done = true;
        keepWalShort(session);
        return result;
      } finally {
        if (!done) {
          writer = null;
          discard(session);
        }
      }
    } catch (SQLException e) {
      throw unavailable(operation, e);
    } finally {
      writing.unlock();
    }
  }

  private void acquire(String operation) {
    try {
      if (!writing.tryLock(Session.PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        throw new StoreUnavailableException(operation + ": other writers take too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException(operation + ": interrupted", e);
    }
  }

  /**
   * SQLite moves the log into the database by itself, but begins a new log only when no reader uses
   * the old one, which under load may be never.
   */
  private void keepWalShort(Session session) {
    try {
      long size = Files.exists(wal) ? Files.size(wal) : 0;
      if (size < nextWalCheck) {
        return;
      }
      session.execute("PRAGMA busy_timeout = 1000");
      try {
        session.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      } finally {
        session.execute("PRAGMA busy_timeout = " + Session.PATIENCE_MS);
      }
      long left = Files.exists(wal) ? Files.size(wal) : 0;
      nextWalCheck = left < WAL_LIMIT ? WAL_LIMIT : left + WAL_LIMIT / 4;
    } catch (SQLException | IOException e) {
      // What was to be done is done. The next commit tries again.
    }
  }

  /**
   * Moves all of the write-ahead log into the database and empties it, so that what was deleted is
   * in neither. If a reader is in the way, the next deletion tries again.
   *
   * @return whether it is empty
   */
  boolean scrub() {
    return exclusively(
        "scrub",
        session -> {
          owesScrub = true;
          return payScrub(session);
        });
  }

  /** Tries again what a reader prevented. */
  void scrubIfOwed() {
    exclusively("scrub", session -> owesScrub && payScrub(session));
  }

  private boolean payScrub(Session session) throws SQLException {
    session.execute("PRAGMA busy_timeout = 1000");
    try (ResultSet row = session.prepare("PRAGMA wal_checkpoint(TRUNCATE)").executeQuery()) {
      owesScrub = !(row.next() && row.getLong(1) == 0);
    } finally {
      session.execute("PRAGMA busy_timeout = " + Session.PATIENCE_MS);
    }
    return !owesScrub;
  }

  /** Does {@code work}, which is a single query, with a connection that reads. */
  <T> T read(String operation, Session.Work<T> work) {
    borrowPermit(operation);
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
    } catch (SQLException e) {
      throw unavailable(operation, e);
    } finally {
      readers.release();
    }
  }

  /** Does {@code work}, all of whose queries see the same state, with a connection that reads. */
  <T> T snapshot(String operation, Session.Work<T> work) {
    return read(operation, session -> session.snapshot(work));
  }

  private void borrowPermit(String operation) {
    try {
      if (!readers.tryAcquire(Session.PATIENCE_MS, TimeUnit.MILLISECONDS)) {
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
        throw closed(operation);
      }
      Session session = idle.pollFirst();
      if (session != null) {
        return session;
      }
    }
    return connect(Session.Role.READER);
  }

  private void giveBack(Session session, boolean usable) {
    synchronized (idle) {
      if (usable && !closed) {
        idle.addFirst(session);
        return;
      }
    }
    discard(session);
  }

  private Session connect(Session.Role role) throws SQLException {
    var connection = connector.connect();
    try {
      return new Session(connection, role);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static void discard(Session session) {
    try {
      session.close();
    } catch (SQLException e) {
      // The connection was broken, or its transaction has failed; it is not used again either way.
    }
  }

  private static StoreUnavailableException closed(String operation) {
    return new StoreUnavailableException(operation + ": the database is closed");
  }

  private static StoreUnavailableException unavailable(String operation, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    return new StoreUnavailableException(operation + ": " + code.name(), e);
  }

  /** Waits for the writer; readers that are still at work end by themselves. */
  @Override
  public void close() {
    writing.lock();
    try {
      synchronized (idle) {
        if (closed) {
          return;
        }
        closed = true;
        while (!idle.isEmpty()) {
          discard(idle.removeFirst());
        }
      }
      if (writer != null) {
        discard(writer);
        writer = null;
      }
      lockFile.close();
    } catch (IOException e) {
      throw new StoreUnavailableException("close", e);
    } finally {
      writing.unlock();
    }
  }
}
