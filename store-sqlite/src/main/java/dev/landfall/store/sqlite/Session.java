package dev.landfall.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A connection with its prepared statements. For one thread at a time. */
final class Session implements AutoCloseable {
  /** How long SQLite waits for a lock, in milliseconds. */
  static final int PATIENCE_MS = 10_000;

  /** The setting of {@code synchronous} at which a commit is on disk when it returns. */
  private static final long FULL = 2;

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final Map<String, List<PreparedStatement>> cursors = new HashMap<>();

  /**
   * Sets the connection up and makes sure that it is set up so.
   *
   * @throws SQLException if it is not
   */
  Session(Connection connection, Role role) throws SQLException {
    this.connection = connection;
    execute("PRAGMA busy_timeout = " + PATIENCE_MS);
    execute("PRAGMA synchronous = FULL");
    // On macOS fsync does not reach the disk; elsewhere these two change nothing.
    execute("PRAGMA fullfsync = ON");
    execute("PRAGMA checkpoint_fullfsync = ON");
    execute("PRAGMA secure_delete = ON");
    execute("PRAGMA cell_size_check = ON"); // finds some damage before it spreads
    for (String pragma : role.pragmas) {
      execute(pragma);
    }
    if (number("PRAGMA synchronous") != FULL) {
      throw new SQLException("the connection is not set to synchronous = FULL");
    }
  }

  /** What a connection is for. */
  enum Role {
    WRITER(
        "PRAGMA cache_size = -32000",
        "PRAGMA wal_autocheckpoint = 2000",
        "PRAGMA journal_size_limit = " + Database.WAL_LIMIT / 4),
    READER("PRAGMA cache_size = -8000", "PRAGMA wal_autocheckpoint = 0", "PRAGMA query_only = ON"),
    /** Reads, too, and writes another file. */
    COPIER("PRAGMA cache_size = -8000", "PRAGMA wal_autocheckpoint = 0");

    private final List<String> pragmas;

    Role(String... pragmas) {
      this.pragmas = List.of(pragmas);
    }
  }

  /** Work with a session. */
  @FunctionalInterface
  interface Work<T> {
    T on(Session session) throws SQLException;
  }

  /** The prepared statement for {@code sql}, bound. It must not be in use already. */
  PreparedStatement prepare(String sql, Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    bind(statement, values);
    return statement;
  }

  /** One of several statements for the same {@code sql} that are in use at the same time. */
  PreparedStatement prepareCursor(int index, String sql, Object... values) throws SQLException {
    List<PreparedStatement> prepared = cursors.computeIfAbsent(sql, key -> new ArrayList<>());
    while (prepared.size() <= index) {
      prepared.add(connection.prepareStatement(sql));
    }
    PreparedStatement statement = prepared.get(index);
    bind(statement, values);
    return statement;
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value instanceof String text) {
        statement.setString(i + 1, text);
      } else if (value instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else {
        statement.setLong(i + 1, ((Number) value).longValue());
      }
    }
  }

  /** Changes rows; returns how many. */
  int update(String sql, Object... values) throws SQLException {
    return prepare(sql, values).executeUpdate();
  }

  /** The number in the first column of the first row, 0 if there is no row. */
  long number(String sql, Object... values) throws SQLException {
    try (ResultSet rows = prepare(sql, values).executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** Runs a statement that is not worth keeping. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Runs a statement that does its work step by step, as if each step were a row without columns.
   */
  void executeToTheEnd(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** Reads from one state of the database. */
  <T> T snapshot(Work<T> work) throws SQLException {
    prepare("BEGIN").execute();
    T result = work.on(this);
    prepare("COMMIT").execute();
    return result;
  }

  /** Writes all or nothing. If it fails, the session is of no further use. */
  <T> T transaction(Work<T> work) throws SQLException {
    prepare("BEGIN IMMEDIATE").execute();
    T result = work.on(this);
    prepare("COMMIT").execute();
    return result;
  }

  /** Closes a connection that is broken or whose transaction has failed: it is not used again. */
  void discard() {
    try {
      close();
    } catch (SQLException e) {
      // Either way there is nothing more that could be done with it.
    }
  }

  /** Ends what was begun, without a commit, and the connection with it. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
