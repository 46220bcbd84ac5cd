package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Copies of database files, each checked before it gets its name. */
final class Backups {
  private static final String TARGET = "backup";

  private Backups() {}

  /** {@code VACUUM INTO} reads one moment of the database, while others read and write. */
  static void backup(Path file, Path target) {
    if (!Files.exists(file)) {
      throw new StoreConfigurationException(SqliteProvider.FILE, "'" + file + "' does not exist");
    }
    if (Files.exists(target)) {
      throw new StoreConfigurationException(TARGET, "'" + target + "' exists already");
    }
    Path part = sibling(target, ".part");
    try {
      Files.deleteIfExists(part);
      PrivateFile.open(part).close();
      try (Session session = open(file, Session.Role.COPIER)) {
        session.prepare("VACUUM INTO ?", part.toString()).execute();
      }
      requireSound(part, target);
      publish(part, target);
    } catch (SQLException e) {
      throw new StoreUnavailableException(Failure.reason(e), "backup: " + Failure.name(e), e);
    } catch (IOException e) {
      throw new StoreUnavailableException("backup to " + target, e);
    } finally {
      delete(part);
    }
  }

  /** Copies to a file beside the database, which is checked and then takes its place. */
  static Optional<Path> restore(Path backup, Path file, boolean replace) {
    if (!Files.exists(backup)) {
      throw new StoreConfigurationException(TARGET, "'" + backup + "' does not exist");
    }
    Path part = sibling(file, ".restoring");
    try {
      FileChannel lock = Database.lock(file);
      try {
        return exchange(backup, part, file, replace);
      } finally {
        lock.close();
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException(Failure.reason(e), "restore: " + Failure.name(e), e);
    } catch (IOException e) {
      throw new StoreUnavailableException("restore " + file, e);
    } finally {
      delete(part);
      delete(sibling(part, "-wal"));
    }
  }

  private static Optional<Path> exchange(Path backup, Path part, Path file, boolean replace)
      throws SQLException, IOException {
    boolean exists = Files.exists(file) && Files.size(file) > 0;
    if (exists && !replace) {
      throw new StoreConfigurationException(
          SqliteProvider.FILE, "'" + file + "' exists already, and is not to be replaced");
    }
    copy(backup, part);
    Path log = sibling(backup, "-wal");
    if (Files.exists(log)) {
      copy(log, sibling(part, "-wal"));
    }
    requireSound(part, backup);
    Optional<Path> before = exists ? Optional.of(putAside(file)) : Optional.empty();
    Files.deleteIfExists(sibling(file, "-wal"));
    Files.deleteIfExists(sibling(file, "-shm"));
    Files.deleteIfExists(file);
    publish(part, file);
    return before;
  }

  private static Session open(Path file, Session.Role role) throws SQLException {
    return new Session(Connector.to(file).connect(), role);
  }

  /** Names the file that the user knows, not the copy of it. */
  private static void requireSound(Path copy, Path named) throws SQLException {
    try (Session session = open(copy, Session.Role.READER)) {
      Schema.requireKnown(session, named);
      List<String> wrong = Verification.of(session);
      if (!wrong.isEmpty()) {
        throw new StoreUnavailableException(
            StoreUnavailableException.Reason.CORRUPT,
            "'" + named + "' is not sound: " + String.join(" ", wrong));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.deleteIfExists(to);
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target = PrivateFile.open(to)) {
      for (long at = 0; at < source.size(); ) {
        at += source.transferTo(at, source.size() - at, target);
      }
    }
  }

  /** Gives a complete file its name, once it is on the disk. */
  private static void publish(Path part, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path putAside(Path file) throws IOException {
    int number = 1;
    Path aside = sibling(file, ".before-restore");
    while (Files.exists(aside)) {
      aside = sibling(file, ".before-restore-" + ++number);
    }
    Path log = sibling(file, "-wal");
    if (Files.exists(log)) {
      Files.move(log, sibling(aside, "-wal"));
    }
    Files.move(file, aside);
    return aside;
  }

  private static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StoreUnavailableException("delete " + file, e);
    }
  }
}
