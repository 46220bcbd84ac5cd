package dev.landfall.store.sqlite;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.CopyableStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.VerifiableStore;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A database in one SQLite file, for one server at a time. */
public final class SqliteBackend implements StoreBackend, CopyableStore, VerifiableStore {
  private final Database database;
  private final SqliteDirectory directory;
  private final ConcurrentMap<ApplicationName, SqliteApplication> applications =
      new ConcurrentHashMap<>();

  private SqliteBackend(Database database) {
    this.database = database;
    this.directory = new SqliteDirectory(database);
  }

  /**
   * Opens the database in {@code file}, creating it if it is not there.
   *
   * @throws dev.landfall.api.store.StoreConfigurationException if the file belongs to another
   *     program, another server at work or a newer version; nothing in it has changed
   * @throws dev.landfall.api.store.StoreUnavailableException if it cannot be opened
   */
  public static SqliteBackend open(Path file) {
    return open(file, Connector.to(file));
  }

  static SqliteBackend open(Path file, Connector connector) {
    return new SqliteBackend(Database.open(file, connector, Reserve.beside(file)));
  }

  /** Opens a database that is not made ready for a full disk. */
  static SqliteBackend openWithoutReserve(Path file) {
    return new SqliteBackend(Database.open(file, Connector.to(file), Reserve.none(file)));
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return applications.computeIfAbsent(application, name -> new SqliteApplication(database, name));
  }

  @Override
  public Set<ApplicationName> applications() {
    return database.read(
        "applications",
        session -> {
          Set<ApplicationName> names = new LinkedHashSet<>();
          try (ResultSet rows = session.prepare("SELECT name FROM applications").executeQuery()) {
            while (rows.next()) {
              names.add(new ApplicationName(rows.getString(1)));
            }
          }
          return names;
        });
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public Set<String> kinds() {
    return database.read(
        "kinds",
        session -> {
          Set<String> kinds = new LinkedHashSet<>();
          try (ResultSet rows =
              session.prepare("SELECT DISTINCT kind FROM directory").executeQuery()) {
            while (rows.next()) {
              kinds.add(rows.getString(1));
            }
          }
          return kinds;
        });
  }

  @Override
  public ApplicationContents contents(ApplicationName application) {
    return new Contents(database, application);
  }

  @Override
  public List<String> verify() {
    return database.snapshot("verify", Verification::of);
  }

  @Override
  public void check() {
    database.check();
  }

  @Override
  public void close() {
    database.close();
  }
}
