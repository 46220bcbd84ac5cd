package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("landfall.db");
  }

  @Test
  void theProviderIsFoundByItsName() {
    List<StoreProvider> found =
        ServiceLoader.load(StoreProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(provider -> provider.name().equals("sqlite"))
            .toList();

    assertThat(found).hasSize(1);
    try (StoreBackend opened = found.get(0).open(settings(file.toString()))) {
      opened.check();
    }
    assertThat(file).exists();
  }

  @Test
  void everyConnectionWaitsForTheDisk() throws SQLException {
    ConcurrentLinkedQueue<Connection> made = new ConcurrentLinkedQueue<>();
    Connector driver = Connector.to(file);
    Connector watched =
        () -> {
          Connection connection = driver.connect();
          made.add(connection);
          return connection;
        };

    try (StoreBackend backend = SqliteBackend.open(file, watched)) {
      ApplicationStore store = backend.application(TODO);
      Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
      Crowd.of(16)
          .each(
              i -> {
                for (int j = 0; j < 50; j++) {
                  store.feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 10, 10);
                }
              });

      assertThat(made).hasSizeGreaterThan(2).hasSizeLessThanOrEqualTo(17);
      for (Connection connection : made) {
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("PRAGMA synchronous")) {
          assertThat(rows.getInt(1)).isEqualTo(2);
        }
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("PRAGMA journal_mode")) {
          assertThat(rows.getString(1)).isEqualTo("wal");
        }
      }
    }
  }

  @Test
  void aConnectionThatDoesNotWaitForTheDiskIsNotUsed() {
    Connector driver = Connector.to(file);
    Connector careless =
        () -> {
          Connection connection = driver.connect();
          try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = NORMAL");
          }
          return TamperedConnection.of(
              connection,
              new TamperedConnection.Tampering() {
                @Override
                public boolean leavesOut(String sql) {
                  return sql.startsWith("PRAGMA synchronous =");
                }
              });
        };

    assertThatThrownBy(() -> SqliteBackend.open(file, careless))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("open");

    SqliteBackend.open(file).close();
  }

  @Test
  void aSecondServerIsRefusedAndTheFirstIsUnharmed() throws IOException, InterruptedException {
    try (StoreBackend first = SqliteBackend.open(file)) {
      Draft.append(first.application(TODO), draft -> draft.put(MILK, "milk", ALICE));

      assertThatThrownBy(() -> SqliteBackend.open(file))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("in use by another server");
      assertThat(ChildServer.start(file, "open").waitForExitText())
          .contains("in use by another server");

      Draft.append(first.application(TODO), draft -> draft.put(MILK, "milk", ALICE));
    }
    SqliteBackend.open(file).close();
  }

  @Test
  void aFileOfANewerVersionIsRefusedAndUnchanged() throws SQLException {
    SqliteBackend.open(file).close();
    execute("PRAGMA user_version = 99");

    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("newer version")
        .hasMessageContaining("99");

    execute("PRAGMA user_version = 1");
    SqliteBackend.open(file).close();
  }

  @Test
  void aDatabaseOfAnotherProgramIsRefused() throws SQLException {
    execute("CREATE TABLE photos (id INTEGER)");

    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("another program");
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndUnchanged() throws IOException {
    String letter = "Dear Alice, ".repeat(1_000);
    Files.writeString(file, letter);

    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("not a database");

    assertThat(file).hasContent(letter);
  }

  @Test
  void aPlaceThatCannotBeIsNamed() {
    for (String wrong :
        List.of(
            "",
            " ",
            ":memory:",
            "/",
            folder.toString(),
            folder.resolve("missing/landfall.db").toString(),
            "nul\u0000")) {
      assertThatThrownBy(() -> new SqliteProvider().open(settings(wrong)))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("'" + wrong + "'")
          .extracting(e -> ((StoreConfigurationException) e).key())
          .isEqualTo("landfall.sqlite.file");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void everyFileNameWillDo() {
    for (String name :
        List.of("a b", "a?b=c", "a%20b", "a#b", "file:x", "a&mode=memory", "\u00fc", "'", ";")) {
      Path odd = folder.resolve(name);
      try (StoreBackend backend = new SqliteProvider().open(settings(odd.toString()))) {
        Draft.append(backend.application(TODO), draft -> draft.put(MILK, name, ALICE));
      }

      assertThat(odd).exists().isNotEmptyFile();
      try (StoreBackend backend = new SqliteProvider().open(settings(odd.toString()))) {
        assertThat(backend.application(TODO).tip().number()).isEqualTo(1);
      }
    }
  }

  @Test
  void theWriteAheadLogStaysBoundedUnderReadersThatNeverPause() throws IOException {
    AtomicBoolean writing = new AtomicBoolean(true);
    Path wal = folder.resolve("landfall.db-wal");
    List<Long> sizes = new ArrayList<>();

    try (StoreBackend backend = SqliteBackend.open(file)) {
      ApplicationStore store = backend.application(TODO);
      Crowd.of(4)
          .each(
              number -> {
                if (number > 0) {
                  readUntil(() -> !writing.get(), 25 + 5 * number);
                  return;
                }
                try {
                  for (int i = 0; i < 250; i++) {
                    String key = "k" + i % 8;
                    String megabyte = Character.toString('a' + i % 26).repeat(1 << 20);
                    Draft.append(store, draft -> draft.put(task(key), megabyte, ALICE));
                    sizes.add(Files.size(wal));
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                } finally {
                  writing.set(false);
                }
              });
    }

    assertThat(sizes).hasSize(250).allMatch(size -> size < 2 * Database.WAL_LIMIT);
  }

  /** Reads in one transaction after the other, each that many milliseconds long. */
  private void readUntil(BooleanSupplier enough, int milliseconds) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      while (!enough.getAsBoolean()) {
        statement.execute("BEGIN");
        statement.execute("SELECT count(*) FROM documents");
        Thread.sleep(milliseconds);
        statement.execute("COMMIT");
      }
    } catch (SQLException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noQueryOfAReaderWalksThroughATable() throws SQLException {
    SqliteBackend.open(file).close();

    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + FeedReading.SQL)) {
      List<String> plan = new ArrayList<>();
      while (rows.next()) {
        plan.add(rows.getString("detail"));
      }

      assertThat(plan).hasSize(3).allMatch(step -> step.startsWith("SEARCH "));
    }
  }

  private static StoreSettings settings(String given) {
    return new StoreSettings(Map.of("landfall.sqlite.file", given));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }
}
