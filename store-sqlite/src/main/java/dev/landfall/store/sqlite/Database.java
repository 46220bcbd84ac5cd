package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoreUnavailableException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * An open database file: one connection that writes and a few that read. Safe for concurrent use.
 * The file is this process's alone until {@link #close()}, or until the operating system ends the
 * process.
 *
 * <p>Nothing is written any more once damage was found, nor while the file is not the one that was
 * opened; on a full disk only what makes room is. Reading goes on.
 */
final class Database implements AutoCloseable {
  /** The most bytes of write-ahead log; beyond it, readers are waited for and it begins anew. */
  static final long WAL_LIMIT = 64L << 20;

  /** Work that is refused on a full disk. */
  static final Session.Work<Boolean> NEEDS_ROOM = session -> false;

  /** Work that on a full disk may use the reserve. */
  static final Session.Work<Boolean> MAKES_ROOM = session -> true;

  /** A file of at most so many bytes is written anew as soon as something was erased. */
  private static final long REWRITTEN_AT_ONCE = 4L * 1024 * 1024;

  /** A file of at most so many bytes is written anew at the next purge. */
  private static final long REWRITTEN_LATER = 1024L * 1024 * 1024;

  /** How many free pages are given back to the file system in one transaction. */
  private static final int PAGES_AT_ONCE = 500;

  /** At once; what is left is for the next deletion. */
  private static final int MAX_PIECES = 200;

  /** A part of the pages stays free, so that the file does not shrink and grow all the time. */
  private static final int FREE_SHARE = 8;

  private static final int PROBE_BYTES = 32 * 1024;

  /**
   * POSIX: a process that closes any descriptor of a file loses all its locks on it. These are of
   * lock files that this process has locked through another descriptor, and are kept from the
   * garbage collector, which would close them.
   */
  private static final Collection<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

  private final Path file;
  private final Path wal;
  private final Connector connector;
  private final FileChannel lockFile;
  private final Reserve reserve;
  private final Readers readers = new Readers(() -> connect(Session.Role.READER));

  private final ReentrantLock writing = new ReentrantLock(true);
  private @Nullable Session writer;
  private long nextWalCheck = WAL_LIMIT;
  private boolean checkpointPending;

  /** Whether something was erased since the file was last written anew. */
  private boolean owesRewrite;

  /** Null until it is open. */
  private volatile @Nullable OpenedFiles files;

  /** Keeps the files open, whatever becomes of the other connections. */
  private @Nullable Session anchor;

  private volatile boolean closed;
  private volatile boolean corrupt;
  private volatile boolean full;

  /** Whether something was written since the last check. */
  private volatile boolean written;

  private Database(Path file, Connector connector, FileChannel lockFile, Reserve reserve) {
    this.file = file;
    this.wal = file.resolveSibling(file.getFileName() + "-wal");
    this.connector = connector;
    this.lockFile = lockFile;
    this.reserve = reserve;
  }

  static Database open(Path file, Connector connector, Reserve reserve) {
    FileChannel lockFile = lock(file);
    Database database = new Database(file, connector, lockFile, reserve);
    try {
      database.open();
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

  /** Makes the database this process's alone until the channel is closed. */
  static FileChannel lock(Path file) {
    Path path = file.resolveSibling(file.getFileName() + ".lock");
    try {
      FileChannel channel = PrivateFile.open(path);
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

  private void open() {
    try {
      PrivateFile.open(file).close();
    } catch (IOException e) {
      throw new StoreUnavailableException("create " + file, e);
    }
    try {
      openFiles();
    } catch (StoreUnavailableException e) {
      // On a full disk SQLite needs a little room even to read.
      if (reserve.leavesRoom(true) || !reserve.release()) {
        throw e;
      }
      openFiles();
    }
    reserve.keep();
    exclusively("open", this::payScrub); // the process before may have died owing it
  }

  private void openFiles() {
    exclusively(
        "open",
        session -> {
          Schema.bringUpToDate(session, file);
          Session reader = connect(Session.Role.READER);
          anchor = reader;
          return reader.number("SELECT count(*) FROM applications");
        });
    files = OpenedFiles.of(file, wal);
  }

  /**
   * Writes: does {@code work} with the connection that writes, and nobody else does meanwhile.
   *
   * @param makesRoom finds whether the work is one that may use the reserve; asked on a full disk
   *     only
   * @throws StoreUnavailableException if nothing can be written, or SQLite fails; what was
   *     committed before that is committed
   */
  <T> T write(String operation, Session.Work<Boolean> makesRoom, Session.Work<T> work) {
    acquire(operation);
    try {
      requireSound(operation);
      if (!reserve.keep() && !withWriter(operation, makesRoom)) {
        full = true;
        throw new StoreUnavailableException(Reason.FULL, operation + ": the disk is full");
      }
      T result = writeAtAnyRate(operation, makesRoom, work);
      requireSound(operation); // what was written to a file that is gone is not acknowledged
      written = true;
      return result;
    } finally {
      writing.unlock();
    }
  }

  private <T> T writeAtAnyRate(
      String operation, Session.Work<Boolean> makesRoom, Session.Work<T> work) {
    try {
      return withWriter(operation, work);
    } catch (StoreUnavailableException e) {
      if (e.reason() != Reason.FULL) {
        throw e;
      }
      full = true;
      if (!withWriter(operation, makesRoom) || !reserve.release()) {
        throw e;
      }
    }
    withWriter(operation, this::payScrub); // the log takes up what the disk needs
    T result = withWriter(operation, work);
    withWriter(operation, this::payScrub);
    return result;
  }

  private void requireSound(String operation) {
    if (closed) {
      throw closed(operation);
    }
    if (corrupt) {
      throw new StoreUnavailableException(Reason.CORRUPT, operation + ": damage was found before");
    }
    requireSameFiles(operation);
  }

  private void requireSameFiles(String operation) {
    OpenedFiles opened = files;
    if (opened != null) {
      opened.check(operation);
    }
  }

  /** Reads with the connection that writes, so that nothing is being written meanwhile. */
  <T> T exclusively(String operation, Session.Work<T> work) {
    acquire(operation);
    try {
      return withWriter(operation, work);
    } finally {
      writing.unlock();
    }
  }

  private <T> T withWriter(String operation, Session.Work<T> work) {
    if (closed) {
      throw closed(operation);
    }
    try {
      Session session = writer;
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
          session.discard();
        }
      }
    } catch (SQLException e) {
      throw unavailable(operation, e);
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
    } catch (SQLException e) {
      notice(Failure.reason(e)); // what was to be done is done; the next commit tries again
    } catch (IOException e) {
      // Likewise.
    }
  }

  /**
   * Moves all of the write-ahead log into the database and empties it, so that what was deleted is
   * in neither; before that, gives free pages back to the file system. If a reader is in the way,
   * the next deletion tries again.
   *
   * @return whether it is empty
   */
  boolean scrub() {
    rewrite(REWRITTEN_AT_ONCE);
    shrink();
    return write("scrub", MAKES_ROOM, this::payScrub);
  }

  /**
   * Writes the file anew if something was erased since the last time and it is not too large:
   * {@code secure_delete} clears rows, but not the copies of them that are left in pages from which
   * rows have been moved to others.
   */
  private void rewrite(long maxBytes) {
    write(
        "rewrite",
        MAKES_ROOM,
        session -> {
          long bytes = session.number("PRAGMA page_count") * session.number("PRAGMA page_size");
          if (owesRewrite && bytes <= maxBytes) {
            try (Session fresh = connect(Session.Role.WRITER)) { // one without open statements
              fresh.execute("VACUUM");
              owesRewrite = false;
            } catch (SQLException e) {
              if (Failure.reason(e) != Reason.FULL) {
                throw e; // else it is owed until there is room
              }
            }
          }
          return true;
        });
  }

  /** Notes, as the one who writes, that something is being erased. */
  void oweRewrite() {
    owesRewrite = true;
  }

  /** Tries again what a reader prevented, and does what {@link #oweScrub} has put off. */
  void scrubIfOwed() {
    if (exclusively("rewrite", session -> owesRewrite)) {
      rewrite(REWRITTEN_LATER);
      oweScrub();
    }
    if (exclusively("scrub", session -> checkpointPending)) {
      scrub();
    }
  }

  /** Has the next {@link #scrubIfOwed} do it. */
  void oweScrub() {
    exclusively("scrub", session -> checkpointPending = true);
  }

  private boolean payScrub(Session session) throws SQLException {
    session.execute("PRAGMA busy_timeout = 1000");
    try (ResultSet row = session.prepare("PRAGMA wal_checkpoint(TRUNCATE)").executeQuery()) {
      checkpointPending = !(row.next() && row.getLong(1) == 0);
    } finally {
      session.execute("PRAGMA busy_timeout = " + Session.PATIENCE_MS);
    }
    return !checkpointPending;
  }

  /** Gives the file system back what is free, if it is much; the next checkpoint cuts it off. */
  private void shrink() {
    for (int piece = 0; piece < MAX_PIECES; piece++) {
      if (!write("shrink", MAKES_ROOM, Database::giveBack)) {
        return;
      }
    }
  }

  /** Whether there may be more to give back. */
  private static boolean giveBack(Session session) throws SQLException {
    long free = session.number("PRAGMA freelist_count");
    long enough = session.number("PRAGMA page_count") / FREE_SHARE;
    if (free <= enough || session.number("PRAGMA auto_vacuum") != Schema.INCREMENTAL) {
      return false;
    }
    session.executeToTheEnd("PRAGMA incremental_vacuum(" + PAGES_AT_ONCE + ")");
    return session.number("PRAGMA freelist_count") < free;
  }

  /**
   * Finds that it can be read and written: by what was written since the last time, or else by
   * writing.
   */
  void check() {
    requireSound("check");
    read("check", session -> session.number("SELECT count(*) FROM applications"));
    if (!reserve.leavesRoom(full)) {
      full = true;
      throw new StoreUnavailableException(Reason.FULL, "check: the disk is full");
    }
    if (full || !written) {
      write(
          "check",
          NEEDS_ROOM,
          writer ->
              writer.transaction(
                  session ->
                      session.update(
                          "REPLACE INTO probe (id, content) VALUES (1, ?)",
                          new byte[PROBE_BYTES])));
      full = false;
    }
    written = false;
  }

  /** Does {@code work}, which is a single query, with a connection that reads. */
  <T> T read(String operation, Session.Work<T> work) {
    try {
      return readers.lend(operation, work);
    } catch (SQLException e) {
      throw unavailable(operation, e);
    }
  }

  /** Does {@code work}, all of whose queries see the same state, with a connection that reads. */
  <T> T snapshot(String operation, Session.Work<T> work) {
    return read(operation, session -> session.snapshot(work));
  }

  private Session connect(Session.Role role) throws SQLException {
    requireSameFiles("connect");
    var connection = connector.connect();
    try {
      Session session = new Session(connection, role);
      requireSameFiles("connect");
      return session;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  static StoreUnavailableException closed(String operation) {
    return new StoreUnavailableException(operation + ": the database is closed");
  }

  private StoreUnavailableException unavailable(String operation, SQLException e) {
    Reason reason = Failure.reason(e);
    notice(reason);
    return new StoreUnavailableException(reason, operation + ": " + Failure.name(e), e);
  }

  private void notice(Reason reason) {
    if (reason == Reason.CORRUPT) {
      corrupt = true;
    }
  }

  /** Waits for the writer; readers that are still at work end by themselves. */
  @Override
  public void close() {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      readers.close();
      if (anchor != null) {
        anchor.discard();
        anchor = null;
      }
      if (writer != null) {
        writer.discard();
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
