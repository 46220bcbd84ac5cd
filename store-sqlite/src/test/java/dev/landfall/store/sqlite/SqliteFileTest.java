package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreConfigurationException;
import dev.landfall.api.store.StoreProvider;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.StoreSubject;
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

      assertThat(made).hasSizeGreaterThan(2).hasSizeLessThanOrEqualTo(18);
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
    int version = version();
    execute("PRAGMA user_version = 99");

    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("newer version")
        .hasMessageContaining("99");

    execute("PRAGMA user_version = " + version);
    SqliteBackend.open(file).close();
  }

  @Test
  void aFileFromBeforeThereWereTermsIsBroughtUpToDate() throws SQLException {
    Commit commit;
    try (StoreBackend backend = SqliteBackend.open(file)) {
      commit = Draft.append(backend.application(TODO), draft -> draft.put(MILK, "milk", ALICE));
    }
    execute("DROP TABLE terms");
    execute("DROP TABLE probe");
    execute("ALTER TABLE documents DROP COLUMN terms");
    execute("PRAGMA user_version = 1");

    try (StoreBackend backend = SqliteBackend.open(file)) {
      ApplicationStore store = backend.application(TODO);
      TermQuery a = new TermQuery(List.of(List.of(TermRange.of("a"))));
      StoredDocument milk = commit.documents().get(0);

      assertThat(store.find(Set.of(MILK))).containsEntry(MILK, milk);
      assertThat(StoreSubject.search(store, Set.of(ALICES_TASKS), a, 10)).contains(List.of());
      Draft.append(store, draft -> draft.index(milk, Terms.of(List.of("a"))));
      assertThat(StoreSubject.search(store, Set.of(ALICES_TASKS), a, 10))
          .contains(commit.entries());
    }
    assertThat(version()).isGreaterThan(1);
  }

  @Test
  void ofAChangedDocumentOnlyTheTermsThatAreDifferentAreWritten() throws SQLException {
    try (StoreBackend backend = SqliteBackend.open(file)) {
      ApplicationStore store = backend.application(TODO);
      Draft.append(store, draft -> draft.put(MILK, Terms.of(List.of("a", "b", "c")), ALICE, BOB));
      execute("CREATE TABLE writes (what TEXT)");
      execute(
          "CREATE TRIGGER added AFTER INSERT ON terms"
              + " BEGIN INSERT INTO writes VALUES ('+' || new.term); END");
      execute(
          "CREATE TRIGGER removed AFTER DELETE ON terms"
              + " BEGIN INSERT INTO writes VALUES ('-' || old.term); END");

      Draft.append(store, draft -> draft.put(MILK, Terms.of(List.of("a", "b", "d")), ALICE, BOB));
      Draft.append(store, draft -> draft.put(MILK, Terms.of(List.of("a", "b", "d")), ALICE, BOB));
    }

    assertThat(column("SELECT what FROM writes ORDER BY what", "what"))
        .containsExactly("+d", "+d", "-c", "-c");
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
  void whatASearchPutsInOrderIsReadFromIndexesAlone() throws SQLException {
    SqliteBackend.open(file).close();

    assertThat(column("EXPLAIN QUERY PLAN " + TermSearch.place(2, false), "detail"))
        .noneMatch(step -> step.matches("SCAN (?![jp]( |$)).*"))
        .anyMatch(step -> step.startsWith("SEARCH e USING COVERING INDEX places (document=?"))
        .anyMatch(step -> step.matches("SEARCH o .*PRIMARY KEY .*term=. AND document=.*"));
    assertThat(column("EXPLAIN QUERY PLAN " + TermElement.NUMBERS, "detail"))
        .anyMatch(step -> step.startsWith("SEARCH terms USING PRIMARY KEY (feed=? AND term>?"));
  }

  @Test
  void documentsOfOthersAreFoundWithoutLookingAtOnesOwn() throws SQLException {
    SqliteBackend.open(file).close();

    assertThat(column("EXPLAIN QUERY PLAN " + KeySearch.others(1), "detail"))
        .anyMatch(step -> step.startsWith("SEARCH e USING INDEX foreign_documents (feed=?"));
    assertThat(column("EXPLAIN QUERY PLAN " + KeySearch.own(1), "detail"))
        .anyMatch(step -> step.matches("SEARCH d USING INDEX .*namespace=. AND key>.*"));
  }

  @Test
  void noQueryOfAReaderWalksThroughATable() throws SQLException {
    SqliteBackend.open(file).close();

    assertThat(column("EXPLAIN QUERY PLAN " + FeedReading.SQL, "detail"))
        .hasSize(3)
        .allMatch(step -> step.startsWith("SEARCH "));
    for (String query :
        List.of(
            Documents.ONE,
            Documents.MANY,
            KeySearch.few(2),
            KeySearch.others(2),
            KeySearch.own(2),
            NamespaceNames.NAMESPACE,
            TermElement.COUNT,
            TermElement.ENDS,
            TermElement.NUMBERS,
            TermElement.COMMON,
            TermElement.MORE,
            TermElement.SAMPLE,
            TermSearch.WINDOW,
            TermSearch.sift(2, false),
            TermSearch.sift(2, true),
            TermSearch.walk(2, false),
            TermSearch.walk(2, true),
            TermDivision.found(false, 2),
            TermDivision.found(true, 2),
            TermDivision.FORWARDS,
            TermDivision.BACKWARDS,
            TermIndex.PLACES,
            TermIndex.ADD,
            TermIndex.REMOVE,
            Walk.REST,
            Walk.FURTHER)) {
      assertThat(column("EXPLAIN QUERY PLAN " + query, "detail"))
          .as(query)
          .noneMatch(step -> step.contains("TEMP B-TREE"))
          .noneMatch(
              step ->
                  step.matches("SCAN (terms|d|documents|e|feed_entries|n|namespaces|o\\d)( .*)?"));
    }
  }

  private int version() throws SQLException {
    return Integer.parseInt(column("PRAGMA user_version", "user_version").get(0));
  }

  private List<String> column(String sql, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(name));
      }
    }
    return values;
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
