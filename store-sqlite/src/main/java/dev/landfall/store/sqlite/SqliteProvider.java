package dev.landfall.store.sqlite;

import dev.landfall.api.store.BackupProvider;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens SQLite files. */
public final class SqliteProvider implements StoreProvider, BackupProvider {
  /** Where the database is; {@code landfall.db} in the working directory if not set. */
  public static final String FILE = "landfall.sqlite.file";

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public StoreBackend open(StoreSettings settings) {
    return SqliteBackend.open(file(settings));
  }

  @Override
  public StoreBackend openForCommand(StoreSettings settings) {
    return SqliteBackend.openWithoutReserve(file(settings));
  }

  @Override
  public void backup(StoreSettings settings, Path target) {
    Backups.backup(file(settings), target);
  }

  @Override
  public Optional<Path> restore(Path backup, StoreSettings settings, boolean replace) {
    return Backups.restore(backup, file(settings), replace);
  }

  private static Path file(StoreSettings settings) {
    return file(settings.get(FILE).orElse("landfall.db"));
  }

  private static Path file(String given) {
    if (given.isBlank() || given.equals(":memory:")) {
      throw wrong(given, "is not a file; the store that keeps everything in memory is 'memory'");
    }
    Path file;
    try {
      file = Path.of(given).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw wrong(given, "is not a path");
    }
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw wrong(given, "is a directory");
    }
    if (!Files.isDirectory(folder)) {
      throw wrong(given, "is in a directory that does not exist");
    }
    if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
      throw wrong(given, "cannot be written by this user; its directory must be writable too");
    }
    return file;
  }

  private static StoreConfigurationException wrong(String given, String why) {
    return new StoreConfigurationException(FILE, "'" + given + "' " + why);
  }
}
