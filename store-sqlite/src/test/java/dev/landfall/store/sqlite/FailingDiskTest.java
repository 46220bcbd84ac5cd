package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.NOTES;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.Tip;
import dev.landfall.store.tck.Draft;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a commit when SQLite fails in it, and what the store says of the log then. */
class FailingDiskTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  private static final DocumentId NOTE = document(ALICE, NOTES, "n");

  @TempDir private Path folder;
  private final Disk disk = new Disk();
  private StoreBackend backend;
  private ApplicationStore store;

  /** Fails where a test has it fail. */
  private static final class Disk implements TamperedConnection.Tampering {
    private String failBefore = "";
    private String failAfter = "";
    private int pages;

    @Override
    public void before(String sql) throws SQLException {
      if (!failBefore.isEmpty() && sql.startsWith(failBefore)) {
        failBefore = "";
        throw new SQLException("the secret of the driver");
      }
    }

    @Override
    public void after(String sql) throws SQLException {
      if (!failAfter.isEmpty() && sql.startsWith(failAfter)) {
        failAfter = "";
        throw new SQLException("the secret of the driver");
      }
    }
  }

  @BeforeEach
  void open() {
    Path file = folder.resolve("landfall.db");
    Connector driver = Connector.to(file);
    backend =
        SqliteBackend.open(
            file,
            () -> {
              Connection connection = driver.connect();
              if (disk.pages > 0) {
                try (Statement statement = connection.createStatement()) {
                  statement.execute("PRAGMA max_page_count = " + disk.pages);
                }
              }
              return TamperedConnection.of(connection, disk);
            });
    store = backend.application(TODO);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFoundAgain() {
    Draft.append(store, draft -> draft.put(MILK, "1", ALICE));
    Commit commit = Draft.after(store.tip()).put(MILK, "2", ALICE).commit();
    disk.failAfter = "COMMIT";

    assertThatThrownBy(() -> store.append(commit))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("append")
        .hasMessageNotContaining("secret");

    assertThat(store.tip()).isEqualTo(new Tip(2, commit.clock()));
    assertThat(store.append(commit)).isEqualTo(AppendOutcome.APPENDED);
    assertThat(store.tip().number()).isEqualTo(2);
    assertThat(length()).isEqualTo(1);
  }

  @Test
  void theFirstCommitOfAllMayLoseItsAnswerToo() {
    Commit commit = Draft.after(store.tip()).put(MILK, "1", ALICE).commit();
    disk.failAfter = "COMMIT";

    assertThatThrownBy(() -> store.append(commit)).isInstanceOf(StoreUnavailableException.class);

    assertThat(store.append(commit)).isEqualTo(AppendOutcome.APPENDED);
    assertThat(store.tip().number()).isEqualTo(1);
    assertThat(length()).isEqualTo(1);
  }

  @Test
  void anotherCommitDoesNotTakeTheNumberOfOneWhoseAnswerIsLost() {
    Commit commit = Draft.after(store.tip()).token("mine").put(MILK, "1", ALICE).commit();
    Commit other = Draft.after(store.tip()).token("other").put(BREAD, "1", ALICE).commit();
    disk.failAfter = "COMMIT";
    assertThatThrownBy(() -> store.append(commit)).isInstanceOf(StoreUnavailableException.class);

    assertThat(store.append(other)).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(store.find(Set.of(MILK, BREAD))).containsOnlyKeys(MILK);
  }

  @Test
  void aFailureAnywhereInACommitLeavesNothingOfIt() {
    Commit first = Draft.append(store, draft -> draft.put(MILK, "1", ALICE));
    for (String statement :
        new String[] {
          "BEGIN",
          "INSERT INTO log",
          "DELETE FROM log",
          "INSERT INTO epochs",
          "INSERT INTO namespaces",
          "INSERT INTO documents",
          "INSERT INTO feeds",
          "INSERT INTO feed_entries",
          "COMMIT"
        }) {
      Commit commit =
          Draft.after(store.tip()).epoch("e2").put(MILK, "2", ALICE).put(NOTE, "2", ALICE).commit();
      disk.failBefore = statement;

      assertThatThrownBy(() -> store.append(commit)).isInstanceOf(StoreUnavailableException.class);

      assertThat(disk.failBefore).isEmpty();
      assertThat(store.tip()).isEqualTo(new Tip(1, first.clock()));
      assertThat(store.find(Set.of(MILK, NOTE)))
          .containsOnlyKeys(MILK)
          .containsValue(first.documents().get(0));
      assertThat(length()).isEqualTo(1);
      assertThat(store.lastOfEpoch("e2")).isEmpty();
    }
    Draft.append(store, draft -> draft.put(MILK, "2", ALICE));
    assertThat(store.tip().number()).isEqualTo(2);
  }

  @Test
  void aFullDiskLeavesNothingHalfDone() {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    backend.close();
    disk.pages = 100;
    open();
    AtomicInteger made = new AtomicInteger(1);
    String large = "x".repeat(50_000);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                String key = "k" + i;
                Draft.append(
                    store, draft -> draft.put(task(key), large, ALICE).put(MILK, key, ALICE));
                made.incrementAndGet();
              }
            })
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("FULL");

    assertThat(made.get()).isBetween(2, 20);
    assertThat(store.tip().number()).isEqualTo(made.get());
    assertThat(length()).isEqualTo(made.get());
    assertThat(store.find(Set.of(task("k" + (made.get() - 1))))).isEmpty();
    disk.pages = 100_000;
    backend.close();
    open();
    Draft.append(store, draft -> draft.put(BREAD, large, ALICE));
    assertThat(store.tip().number()).isEqualTo(made.get() + 1L);
  }

  @Test
  void aReadThatFailsIsAnsweredInItsOwnWordsAndTheNextSucceeds() {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    disk.failBefore = "SELECT";

    assertThatThrownBy(this::length)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageStartingWith("feed")
        .hasMessageNotContaining("secret");

    assertThat(length()).isEqualTo(1);
  }

  @Test
  void aClosedStoreSaysSo() {
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    backend.close();

    assertThatThrownBy(this::length)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> Draft.append(store, draft -> draft.put(MILK, "milk", ALICE)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("closed");
  }

  private int length() {
    return store
        .feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1L << 40)
        .items()
        .size();
  }
}
