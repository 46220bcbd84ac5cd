package dev.landfall.store.sqlite;

import dev.landfall.api.Bytes;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The directory; each change is a transaction of its own. */
final class SqliteDirectory implements Directory {
  private final Database database;

  SqliteDirectory(Database database) {
    this.database = database;
  }

  @Override
  public Optional<DirectoryRecord> find(String kind, String name) {
    if (isNoName(name)) {
      return Optional.empty();
    }
    return database.read(
        "find in the directory",
        session -> {
          try (ResultSet rows =
              session
                  .prepare(
                      "SELECT kind, name, version, content FROM directory"
                          + " WHERE kind = ? AND name = ?",
                      kind,
                      name)
                  .executeQuery()) {
            return rows.next() ? Optional.of(record(rows)) : Optional.empty();
          }
        });
  }

  @Override
  public boolean write(DirectoryRecord record) {
    byte[] content = record.content().toArray();
    return database.write(
        "write to the directory",
        Database.MAKES_ROOM, // notes of deletions are among it, and it is small
        writer ->
            writer.transaction(
                    session ->
                        record.version() == 1
                            ? session.update(
                                "INSERT INTO directory (kind, name, version, content)"
                                    + " VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING",
                                record.kind(),
                                record.name(),
                                content)
                            : session.update(
                                "UPDATE directory SET version = ?, content = ?"
                                    + " WHERE kind = ? AND name = ? AND version = ?",
                                record.version(),
                                content,
                                record.kind(),
                                record.name(),
                                record.version() - 1))
                == 1);
  }

  @Override
  public boolean remove(String kind, String name, long version) {
    if (isNoName(name)) {
      return false;
    }
    return database.write(
        "remove from the directory",
        Database.MAKES_ROOM,
        writer ->
            writer.transaction(
                    session ->
                        session.update(
                            "DELETE FROM directory WHERE kind = ? AND name = ? AND version = ?",
                            kind,
                            name,
                            version))
                == 1);
  }

  @Override
  public List<DirectoryRecord> list(String kind, String after, int limit) {
    return database.read(
        "list the directory",
        session -> {
          List<DirectoryRecord> found = new ArrayList<>();
          try (ResultSet rows =
              session
                  .prepare(
                      "SELECT kind, name, version, content FROM directory"
                          + " WHERE kind = ? AND name > ? ORDER BY name LIMIT ?",
                      kind,
                      after,
                      limit)
                  .executeQuery()) {
            while (rows.next()) {
              found.add(record(rows));
            }
          }
          return found;
        });
  }

  /** The driver would put a question mark for a lone surrogate. */
  private static boolean isNoName(String name) {
    return !StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  private static DirectoryRecord record(ResultSet row) throws SQLException {
    return new DirectoryRecord(
        row.getString(1), row.getString(2), row.getLong(3), Bytes.copyOf(row.getBytes(4)));
  }
}
