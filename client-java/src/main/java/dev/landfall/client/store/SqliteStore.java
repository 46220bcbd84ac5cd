package dev.landfall.client.store;

import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Refusal;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.ReplicaState;
import dev.landfall.client.replica.Saved;
import dev.landfall.client.replica.Step;
import dev.landfall.client.store.LocalStoreException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** One file: write-ahead log, on disk when a call returns, and nobody else's while it is open. */
final class SqliteStore implements LocalStore {
  /** Marks the file as ours: "Lclt". */
  private static final int APPLICATION_ID = 0x4c636c74;

  private final List<Work> steps = List.of(this::makeTables, this::bindAndRename, this::forgetNode);
  private final Path file;
  private final Connection connection;

  private SqliteStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  static SqliteStore open(Path file) {
    Path absolute = file.toAbsolutePath();
    Connection connection = null;
    try {
      connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + absolute.toUri());
      SqliteStore store = new SqliteStore(absolute, connection);
      store.prepare();
      return store;
    } catch (SQLException e) {
      closeQuietly(connection, e);
      throw problem(absolute, e);
    } catch (LocalStoreException e) {
      closeQuietly(connection, e);
      throw e;
    } catch (IllegalArgumentException e) {
      closeQuietly(connection, e);
      throw new LocalStoreException("'" + absolute + "' is damaged", e);
    }
  }

  private static void closeQuietly(@Nullable Connection connection, Exception reason) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private void prepare() throws SQLException {
    run("PRAGMA busy_timeout = 0");
    run("PRAGMA locking_mode = EXCLUSIVE"); // the lock is held until the connection ends
    run("PRAGMA synchronous = FULL");
    run("PRAGMA fullfsync = ON"); // on macOS fsync does not reach the disk
    run("PRAGMA checkpoint_fullfsync = ON");
    run("PRAGMA secure_delete = ON");
    long version = number("PRAGMA user_version");
    boolean ours = number("PRAGMA application_id") == APPLICATION_ID;
    boolean empty = version == 0 && number("SELECT count(*) FROM sqlite_schema") == 0;
    if (!ours && !empty) {
      throw new LocalStoreException("'" + file + "' is a database of another program");
    }
    if (version > steps.size()) {
      throw new LocalStoreException(
          "'"
              + file
              + "' was written by a newer version of this client: its schema is "
              + version
              + ", this version knows "
              + steps.size());
    }
    if (!text("PRAGMA journal_mode = WAL").equals("wal")) {
      throw new LocalStoreException("the file system of '" + file + "' does not support WAL");
    }
    if (number("PRAGMA synchronous") != 2) {
      throw new LocalStoreException("'" + file + "' cannot be set to write through to the disk");
    }
    transaction(
        () -> {
          for (Work step : steps.subList((int) version, steps.size())) {
            step.run();
          }
          run("PRAGMA application_id = " + APPLICATION_ID);
          run("PRAGMA user_version = " + steps.size());
        });
  }

  private void makeTables() throws SQLException {
    run(
        """
              CREATE TABLE properties (
                name TEXT PRIMARY KEY,
                value TEXT NOT NULL
              ) STRICT, WITHOUT ROWID
              """);
    run(
        """
              CREATE TABLE collections (
                name TEXT PRIMARY KEY,
                state TEXT NOT NULL
              ) STRICT, WITHOUT ROWID
              """);
    run(
        """
              CREATE TABLE documents (
                number INTEGER PRIMARY KEY,
                collection TEXT NOT NULL,
                name TEXT NOT NULL,
                copy TEXT NOT NULL,
                UNIQUE (collection, name)
              ) STRICT
              """);
    run(
        """
              CREATE TABLE refusals (
                collection TEXT NOT NULL,
                number INTEGER NOT NULL,
                refusal TEXT NOT NULL,
                PRIMARY KEY (collection, number)
              ) STRICT, WITHOUT ROWID
              """);
  }

  /**
   * Files of the first version say whose copy they hold in one line, and call an own document whose
   * key is {@code @home} by the name {@code @/@home}.
   */
  private void bindAndRename() throws SQLException {
    String purpose = text("SELECT value FROM properties WHERE name = 'purpose'");
    if (!purpose.isEmpty()) {
      put("binding", JsonText.print(BindingForm.encode(BindingForm.ofPurpose(purpose))));
      run("DELETE FROM properties WHERE name = 'purpose'");
    }
    run("UPDATE documents SET name = '@' || substr(name, 3) WHERE substr(name, 1, 2) = '@/'");
    List<Object[]> renamed = new ArrayList<>();
    try (PreparedStatement query =
            bound(
                "SELECT collection, number, refusal FROM refusals"
                    + " WHERE instr(refusal, '\"address\":\"@/') > 0");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String refusal = rows.getString(3).replaceFirst("\"address\":\"@/", "\"address\":\"@");
        renamed.add(new Object[] {refusal, rows.getString(1), rows.getLong(2)});
      }
    }
    for (Object[] row : renamed) {
      update("UPDATE refusals SET refusal = ? WHERE collection = ? AND number = ?", row);
    }
  }

  /**
   * Files of earlier versions have one node for all openings. From now on each has its own, and
   * what is pending keeps the version it was made from, which those versions cannot read.
   */
  private void forgetNode() throws SQLException {
    run("DELETE FROM properties WHERE name = 'node'");
  }

  @Override
  public synchronized Optional<Binding> binding() {
    try {
      String held = text("SELECT value FROM properties WHERE name = 'binding'");
      return held.isEmpty() ? Optional.empty() : Optional.of(BindingForm.decode(json(held)));
    } catch (SQLException e) {
      throw problem(file, e);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new LocalStoreException("'" + file + "' is damaged", e);
    }
  }

  @Override
  public synchronized void bind(Binding binding) {
    try {
      transaction(() -> put("binding", JsonText.print(BindingForm.encode(binding))));
    } catch (SQLException e) {
      throw problem(file, e);
    }
  }

  private void put(String property, String value) throws SQLException {
    update("INSERT OR REPLACE INTO properties VALUES (?, ?)", property, value);
  }

  @Override
  public synchronized Set<CollectionName> collections() {
    Set<CollectionName> names = new LinkedHashSet<>();
    try (PreparedStatement query = bound("SELECT name FROM collections ORDER BY name");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        names.add(new CollectionName(rows.getString(1)));
      }
      return names;
    } catch (SQLException e) {
      throw problem(file, e);
    }
  }

  @Override
  public synchronized Replica load(CollectionName collection, String node) {
    String name = collection.value();
    try {
      String state = text("SELECT state FROM collections WHERE name = ?", name);
      Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
      try (PreparedStatement query =
          bound("SELECT name, copy FROM documents WHERE collection = ? ORDER BY number", name)) {
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            copies.put(
                DocumentAddress.parse(rows.getString(1)), Saved.copy(json(rows.getString(2))));
          }
        }
      }
      List<Refusal> refusals = new ArrayList<>();
      try (PreparedStatement query =
          bound("SELECT refusal FROM refusals WHERE collection = ? ORDER BY number", name)) {
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            refusals.add(Saved.refusal(json(rows.getString(1))));
          }
        }
      }
      return new Replica(
          state.isEmpty() ? ReplicaState.fresh(node) : Saved.state(json(state)).opened(node),
          copies,
          refusals);
    } catch (SQLException e) {
      throw problem(file, e);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new LocalStoreException("'" + file + "' is damaged", e);
    }
  }

  @Override
  public synchronized void save(CollectionName collection, Step step) {
    String name = collection.value();
    try {
      transaction(
          () -> {
            for (Map.Entry<DocumentAddress, Optional<Copy>> entry : step.copies().entrySet()) {
              String document = entry.getKey().name();
              if (entry.getValue().isPresent()) {
                update(
                    """
                    INSERT INTO documents (collection, name, copy) VALUES (?, ?, ?)
                      ON CONFLICT (collection, name) DO UPDATE SET copy = excluded.copy
                    """,
                    name,
                    document,
                    JsonText.print(Saved.of(entry.getValue().get())));
              } else {
                update("DELETE FROM documents WHERE collection = ? AND name = ?", name, document);
              }
            }
            for (Map.Entry<Long, Optional<Refusal>> entry : step.refusals().entrySet()) {
              if (entry.getValue().isPresent()) {
                update(
                    "INSERT OR REPLACE INTO refusals VALUES (?, ?, ?)",
                    name,
                    entry.getKey(),
                    JsonText.print(Saved.of(entry.getValue().get())));
              } else {
                update(
                    "DELETE FROM refusals WHERE collection = ? AND number = ?",
                    name,
                    entry.getKey());
              }
            }
            update(
                """
                INSERT INTO collections VALUES (?, ?)
                  ON CONFLICT (name) DO UPDATE SET state = excluded.state
                """,
                name,
                JsonText.print(Saved.of(step.state())));
          });
    } catch (SQLException e) {
      throw problem(file, e);
    }
  }

  @Override
  public synchronized void clear() {
    try {
      transaction(
          () -> {
            run("DELETE FROM documents");
            run("DELETE FROM refusals");
            run("DELETE FROM collections");
            run("DELETE FROM properties");
          });
      run("PRAGMA wal_checkpoint(TRUNCATE)"); // the log would still hold it
    } catch (SQLException e) {
      throw problem(file, e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw problem(file, e);
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws SQLException;
  }

  private void transaction(Work work) throws SQLException {
    run("BEGIN IMMEDIATE");
    boolean done = false;
    try {
      work.run();
      run("COMMIT");
      done = true;
    } finally {
      if (!done) {
        rollBack();
      }
    }
  }

  /** If even this fails, so did the transaction, and the next one will say so. */
  private void rollBack() {
    try {
      run("ROLLBACK");
    } catch (SQLException alreadyOver) {
      return;
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private PreparedStatement bound(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  private void update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = bound(sql, values)) {
      statement.executeUpdate();
    }
  }

  private long number(String sql) throws SQLException {
    try (PreparedStatement query = bound(sql);
        ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private String text(String sql, Object... values) throws SQLException {
    try (PreparedStatement query = bound(sql, values);
        ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text);
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException("not what was saved", e);
    }
  }

  private static LocalStoreException problem(Path file, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    if (code == SQLiteErrorCode.SQLITE_BUSY) {
      return new LocalStoreException(
          "'" + file + "' is in use by another process or connection; close that first",
          e,
          Reason.IN_USE);
    }
    if (code == SQLiteErrorCode.SQLITE_NOTADB) {
      return new LocalStoreException("'" + file + "' is not a database", e);
    }
    if (code == SQLiteErrorCode.SQLITE_FULL) {
      return new LocalStoreException("the disk of '" + file + "' is full", e, Reason.FULL);
    }
    return new LocalStoreException("'" + file + "' cannot be read or written", e);
  }
}
