package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
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
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoreUnavailableException.Reason;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.FolderInMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are deleted, replaced or damaged under a server at work; who may read them. */
class LostFileTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final int PAGE = 4_096;

  @TempDir(factory = FolderInMemory.class)
  private Path folder;

  private Path file;
  private StoreBackend backend;
  private ApplicationStore store;

  @BeforeEach
  void open() {
    file = folder.resolve("landfall.db");
    backend = SqliteBackend.open(file);
    store = backend.application(TODO);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void nothingIsAcknowledgedOnceTheFileIsDeletedAndReadingGoesOn() throws IOException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    assertThat(length()).isEqualTo(1);

    Files.delete(file);

    for (int i = 0; i < 20; i++) {
      refuses(Reason.GONE, () -> Draft.append(store, draft -> draft.put(BREAD, "b", ALICE)));
    }
    refuses(Reason.GONE, () -> backend.check());
    assertThat(length()).isEqualTo(1);
    assertThat(file).doesNotExist();
  }

  @Test
  void nothingIsAcknowledgedOnceTheFileIsReplaced() throws IOException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    Path other = folder.resolve("other.db");
    SqliteBackend.open(other).close();

    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    refuses(Reason.GONE, () -> Draft.append(store, draft -> draft.put(BREAD, "b", ALICE)));
    refuses(Reason.GONE, () -> backend.check());
  }

  @Test
  void nothingIsAcknowledgedOnceTheLogIsDeleted() throws IOException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));

    Files.delete(folder.resolve("landfall.db-wal"));

    refuses(Reason.GONE, () -> Draft.append(store, draft -> draft.put(BREAD, "b", ALICE)));
    refuses(Reason.GONE, () -> backend.check());
  }

  @Test
  void aCommitThatTheFileDidNotSurviveIsNotAcknowledgedNorIsItsRepetition() {
    backend.close();
    List<String> statements = new ArrayList<>();
    Connector driver = Connector.to(file);
    backend =
        SqliteBackend.open(
            file,
            () ->
                TamperedConnection.of(
                    driver.connect(),
                    new TamperedConnection.Tampering() {
                      @Override
                      public void after(String sql) throws SQLException {
                        statements.add(sql);
                        if (sql.startsWith("INSERT INTO log")) {
                          delete(file);
                        }
                      }
                    }));
    store = backend.application(TODO);
    Commit commit = Draft.after(store.tip()).put(MILK, "milk", ALICE).commit();

    refuses(Reason.GONE, () -> store.append(commit));
    refuses(Reason.GONE, () -> store.append(commit));
    assertThat(statements).contains("COMMIT");
  }

  private static void delete(Path file) throws SQLException {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }

  @Test
  void aFileThatComesBackIsWrittenAgain() throws IOException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    Path elsewhere = folder.resolve("elsewhere.db");
    Files.move(file, elsewhere);
    refuses(Reason.GONE, () -> backend.check());

    Files.move(elsewhere, file);

    backend.check();
    Draft.append(store, draft -> draft.put(BREAD, "bread", ALICE));
    assertThat(length()).isEqualTo(2);
  }

  @Test
  void damageStopsWritingAndWhatIsWholeIsStillRead() throws IOException, SQLException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    for (int i = 0; i < 200; i++) {
      String key = "k" + i;
      Draft.append(store, draft -> draft.put(task(key), "x".repeat(1_000), ALICE));
    }
    backend.close();
    List<Long> leaves =
        numbers("SELECT pageno FROM dbstat WHERE name = 'documents' AND pagetype = 'leaf'");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer noise = ByteBuffer.allocate(PAGE);
      Arrays.fill(noise.array(), (byte) 0xa5);
      channel.write(noise, (leaves.get(leaves.size() / 2) - 1) * PAGE);
    }
    open();
    backend.check();
    assertThat(store.find(Set.of(MILK))).containsKey(MILK);

    refuses(Reason.CORRUPT, this::length);

    refuses(Reason.CORRUPT, () -> Draft.append(store, draft -> draft.put(BREAD, "b", ALICE)));
    refuses(Reason.CORRUPT, () -> backend.check());
    assertThat(store.find(Set.of(MILK))).containsKey(MILK);
  }

  @Test
  void theCheckWritesUnlessSomethingElseHasBeenWritten() throws SQLException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));

    backend.check();
    assertThat(numbers("SELECT count(*) FROM probe")).containsExactly(0L);
    backend.check();
    assertThat(numbers("SELECT count(*) FROM probe")).containsExactly(1L);
  }

  @Test
  void theFileShrinksWhenMuchHasBeenForgotten() throws IOException {
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      Draft.append(store, draft -> draft.put(task(key), "x".repeat(100_000), ALICE));
    }
    store.scrub(store.tip().number());
    long before = Files.size(file);
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      Draft.append(store, draft -> draft.delete(task(key), ALICE));
    }

    while (store.purge(END_OF_TIME, 50) > 0) {}

    assertThat(Files.size(file)).isLessThan(before / 10);
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    assertThat(length()).isEqualTo(1);
  }

  @Test
  void nobodyButTheOwnerReadsTheFiles() throws IOException {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .hasSize(5)
          .allSatisfy(
              each ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                      .as(each.toString())
                      .isEqualTo("rw-------"));
    }
  }

  private static void refuses(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StoreUnavailableException.class)
        .extracting(e -> ((StoreUnavailableException) e).reason())
        .isEqualTo(reason);
  }

  private List<Long> numbers(String sql) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private int length() {
    return store
        .feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1L << 40)
        .items()
        .size();
  }
}
