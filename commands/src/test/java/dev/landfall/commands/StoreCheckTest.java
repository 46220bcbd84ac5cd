package dev.landfall.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.sqlite.SqliteBackend;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCheckTest {
  @TempDir(factory = FolderInMemory.class)
  private Path folder;

  private Path file;

  @BeforeEach
  void live() {
    file = folder.resolve("landfall.db");
    try (StoreBackend store = SqliteBackend.open(file)) {
      Server.live(store);
    }
  }

  private List<String> check() {
    try (StoreBackend store = SqliteBackend.open(file)) {
      return new StoreCheck(store).run();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void nothingIsWrongWithAStoreThatWasOnlyUsed() {
    assertThat(check()).isEmpty();
  }

  @Test
  void aDocumentWithoutItsPlaceIsNamed() throws SQLException {
    execute(
        "DELETE FROM feed_entries WHERE foreign_key IS NULL AND document IN"
            + " (SELECT id FROM documents WHERE key = 'a1')");

    assertThat(check()).anyMatch(it -> it.contains("not in the feed of its owner"));
  }

  @Test
  void aRevisionThatTheLogDoesNotKnowIsNamed() throws SQLException {
    execute("UPDATE documents SET revision = 'f' || substr(revision, 2) WHERE key = 'a1'");

    assertThat(check()).anyMatch(it -> it.contains("its revision is after the end of the log"));
  }

  @Test
  void aTermThatIsMissingIsNamed() throws SQLException {
    execute("DELETE FROM terms WHERE document IN (SELECT id FROM documents WHERE key = 'a1')");

    assertThat(check()).anyMatch(it -> it.contains("terms are missing"));
  }

  @Test
  void anEntryOfNothingIsNamed() throws SQLException {
    execute("DELETE FROM documents WHERE key = 'a1'");

    assertThat(check()).anyMatch(it -> it.contains("feed entries are about no document"));
  }

  @Test
  void aLogWithAGapIsNamed() throws SQLException {
    execute("DELETE FROM log WHERE number = 2");

    assertThat(check()).anyMatch(it -> it.contains("logs have a gap"));
  }

  @Test
  void anEpochThatEndsElsewhereIsNamed() throws SQLException {
    execute("DELETE FROM epochs WHERE clock = (SELECT max(clock) FROM epochs)");

    assertThat(check()).anyMatch(it -> it.contains("the last epoch does not end"));
  }

  @Test
  void anIndexThatLacksSomethingIsNamed() throws SQLException {
    execute(
        "PRAGMA writable_schema = ON;"
            + " UPDATE sqlite_schema SET sql = replace(sql, 'deleted = 1', 'deleted = 0')"
            + " WHERE name = 'tombstones'");

    assertThat(check()).anyMatch(it -> it.startsWith("SQLite: "));
  }
}
