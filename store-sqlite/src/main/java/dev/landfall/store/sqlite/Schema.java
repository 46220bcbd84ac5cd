package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreConfigurationException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The tables, and how they came to be. {@code user_version} counts the steps that a file has taken.
 * Clocks are stored in their text form, which sorts like they do; all text is compared byte by
 * byte.
 */
final class Schema {
  /** Marks the file as ours: "Land". */
  private static final int APPLICATION_ID = 0x4c616e64;

  /** The value of {@code auto_vacuum} at which free pages can be given back piece by piece. */
  static final long INCREMENTAL = 2;

  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE applications (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL UNIQUE
              ) STRICT
              """,
              """
              CREATE TABLE log (
                application INTEGER NOT NULL,
                number INTEGER NOT NULL,
                clock TEXT NOT NULL,
                epoch TEXT NOT NULL,
                token TEXT NOT NULL,
                PRIMARY KEY (application, number)
              ) STRICT, WITHOUT ROWID
              """,
              """
              CREATE TABLE epochs (
                application INTEGER NOT NULL,
                epoch TEXT NOT NULL,
                clock TEXT NOT NULL,
                PRIMARY KEY (application, epoch)
              ) STRICT, WITHOUT ROWID
              """,
              """
              CREATE TABLE namespaces (
                id INTEGER PRIMARY KEY,
                application INTEGER NOT NULL,
                owner TEXT NOT NULL,
                collection TEXT NOT NULL,
                UNIQUE (application, owner, collection)
              ) STRICT
              """,
              """
              CREATE TABLE documents (
                id INTEGER PRIMARY KEY,
                application INTEGER NOT NULL,
                namespace INTEGER NOT NULL,
                key TEXT NOT NULL,
                revision TEXT NOT NULL,
                deleted INTEGER NOT NULL,
                wire BLOB NOT NULL,
                record BLOB NOT NULL,
                history BLOB NOT NULL,
                UNIQUE (namespace, key)
              ) STRICT
              """,
              """
              CREATE INDEX tombstones ON documents (application, revision) WHERE deleted = 1
              """,
              """
              CREATE TABLE feeds (
                id INTEGER PRIMARY KEY,
                application INTEGER NOT NULL,
                reader TEXT NOT NULL,
                collection TEXT NOT NULL,
                horizon TEXT NOT NULL,
                UNIQUE (application, reader, collection)
              ) STRICT
              """,
              """
              CREATE TABLE feed_entries (
                feed INTEGER NOT NULL,
                position TEXT NOT NULL,
                document INTEGER NOT NULL,
                application INTEGER NOT NULL,
                revoked INTEGER NOT NULL,
                foreign_key TEXT,
                PRIMARY KEY (feed, position, document)
              ) STRICT, WITHOUT ROWID
              """,
              """
              CREATE INDEX foreign_documents ON feed_entries (feed, foreign_key)
                WHERE foreign_key IS NOT NULL
              """,
              """
              CREATE UNIQUE INDEX places ON feed_entries (document, feed)
              """,
              """
              CREATE INDEX revocations ON feed_entries (application, position) WHERE revoked = 1
              """,
              """
              CREATE TABLE directory (
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                version INTEGER NOT NULL,
                content BLOB NOT NULL,
                PRIMARY KEY (kind, name)
              ) STRICT
              """),
          List.of(
              """
              ALTER TABLE documents ADD COLUMN terms TEXT NOT NULL DEFAULT ''
              """,
              """
              CREATE TABLE terms (
                feed INTEGER NOT NULL,
                term TEXT NOT NULL,
                document INTEGER NOT NULL,
                PRIMARY KEY (feed, term, document)
              ) STRICT, WITHOUT ROWID
              """),
          List.of(
              """
              CREATE TABLE probe (
                id INTEGER PRIMARY KEY,
                content BLOB NOT NULL
              ) STRICT
              """));

  private Schema() {}

  /**
   * Takes the steps that the file has not taken yet, all or none.
   *
   * @throws StoreConfigurationException if the file is not ours or from a later version; it is
   *     unchanged
   */
  static void bringUpToDate(Session session, Path file) throws SQLException {
    long version = knownVersion(session, file);
    if (version == 0) {
      // Decided before the first page is written; what is free goes back to the file system.
      session.execute("PRAGMA auto_vacuum = INCREMENTAL");
    }
    useWal(session);
    if (version < STEPS.size()) {
      session.transaction(
          writing -> {
            for (List<String> step : STEPS.subList((int) version, STEPS.size())) {
              for (String statement : step) {
                writing.execute(statement);
              }
            }
            writing.execute("PRAGMA application_id = " + APPLICATION_ID);
            writing.execute("PRAGMA user_version = " + STEPS.size());
            return true;
          });
    }
  }

  /**
   * Finds that it is a database of ours.
   *
   * @throws StoreConfigurationException if not, or if it is from a later version
   */
  static void requireKnown(Session session, Path file) throws SQLException {
    if (knownVersion(session, file) == 0) {
      throw new StoreConfigurationException(SqliteProvider.FILE, "'" + file + "' is empty");
    }
  }

  private static long knownVersion(Session session, Path file) throws SQLException {
    long version = version(session, file);
    if (version > STEPS.size()) {
      throw new StoreConfigurationException(
          SqliteProvider.FILE,
          "'"
              + file
              + "' was written by a newer version of this server: its schema is "
              + version
              + ", this version knows "
              + STEPS.size());
    }
    return version;
  }

  private static long version(Session session, Path file) throws SQLException {
    long version = session.number("PRAGMA user_version");
    boolean ours = session.number("PRAGMA application_id") == APPLICATION_ID;
    boolean empty = session.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (!ours && !(empty && version == 0)) {
      throw new StoreConfigurationException(
          SqliteProvider.FILE, "'" + file + "' is a database of another program");
    }
    return version;
  }

  private static void useWal(Session session) throws SQLException {
    try (ResultSet rows = session.prepare("PRAGMA journal_mode = WAL").executeQuery()) {
      if (!rows.next() || !rows.getString(1).equals("wal")) {
        throw new SQLException("the file system does not support journal_mode = WAL");
      }
    }
  }
}
