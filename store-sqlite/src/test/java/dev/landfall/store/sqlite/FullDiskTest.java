package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoreUnavailableException.Reason;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What is still done on a disk without a free byte, and what becomes of it when there is room. */
class FullDiskTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final Pattern WRITES = Pattern.compile("(INSERT|UPDATE|DELETE|REPLACE|COMMIT)\\b");
  private static final String LARGE = "x".repeat(100_000);

  @TempDir private Path folder;
  private SmallDisk disk;
  private StoreBackend backend;
  private ApplicationStore store;

  @BeforeEach
  void openOnASmallDisk() {
    disk = SmallDisk.in(folder);
    open();
  }

  @AfterEach
  void close() {
    backend.close();
    disk.close();
  }

  private void open() {
    Path file = disk.file("landfall.db");
    Connector driver = Connector.to(file);
    backend =
        SqliteBackend.open(
            file,
            disk.isReal() ? driver : () -> TamperedConnection.of(driver.connect(), new Fullness()));
    store = backend.application(TODO);
  }

  /** Where no disk can be had, nothing is written as long as the reserve takes up room. */
  private final class Fullness implements TamperedConnection.Tampering {
    @Override
    public void before(String sql) throws SQLException {
      if (disk.isFull()
          && Files.exists(disk.file("landfall.db-reserve"))
          && WRITES.matcher(sql).lookingAt()) {
        throw new SQLiteException("the secret of the driver", SQLiteErrorCode.SQLITE_FULL);
      }
    }
  }

  @Test
  void theCheckSaysThatTheDiskIsFullAndThatItIsNotAnyMore() {
    Draft.append(store, draft -> draft.put(MILK, LARGE, ALICE));
    backend.check();
    disk.fill();

    assertFull(() -> backend.check());
    assertFull(() -> Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE)));
    assertFull(() -> backend.check());
    assertThat(length()).isEqualTo(1);

    disk.empty();
    backend.check();
    Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE));
    assertThat(length()).isEqualTo(2);
  }

  @Test
  void deletionsNotesRemovalsAndErasureAreStillDone() {
    StoredDocument milk =
        Draft.append(store, draft -> draft.put(MILK, LARGE, ALICE)).documents().get(0);
    StoredDocument bread =
        Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE)).documents().get(0);
    DirectoryRecord alice = new DirectoryRecord("user", "alice", 1, Bytes.utf8("{}"));
    DirectoryRecord note = new DirectoryRecord("erasure", "alice", 1, Bytes.utf8("{}"));
    backend.directory().write(alice);
    disk.fill();
    assertFull(() -> Draft.append(store, draft -> draft.put(MILK, LARGE + "x", ALICE)));

    Draft.append(store, draft -> draft.delete(MILK, ALICE));
    assertThat(backend.directory().write(note)).isTrue();
    Draft.append(
        store,
        draft ->
            draft
                .put(StoredDocument.erased(MILK, draft.tick(), milk.wire()))
                .put(StoredDocument.erased(BREAD, draft.tick(), bread.wire())));
    assertThat(store.erase(ALICE, END_OF_TIME, 100)).isPositive();
    assertThat(store.scrub(store.tip().number())).isTrue();
    assertThat(backend.directory().remove("user", "alice", 1)).isTrue();

    assertThat(length()).isZero();
    assertThat(store.owned(ALICE, Optional.empty(), 10)).isEmpty();
  }

  @Test
  void whatDeletionsGainIsForDeletionsUntilThereIsEnough() {
    Draft.append(store, draft -> draft.put(MILK, LARGE, ALICE));
    disk.fill();
    Draft.append(store, draft -> draft.delete(MILK, ALICE));

    assertFull(() -> Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE)));
    assertThat(length()).isEqualTo(1);

    disk.empty();
    Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE));
    assertThat(folder.resolve("landfall.db-reserve")).isNotEmptyFile();
  }

  @Test
  void aStartOnAFullDiskReadsAndDeletes() {
    Draft.append(store, draft -> draft.put(MILK, LARGE, ALICE));
    backend.close();
    disk.fill();

    open();

    assertThat(length()).isEqualTo(1);
    assertFull(() -> backend.check());
    assertFull(() -> Draft.append(store, draft -> draft.put(BREAD, LARGE, ALICE)));
    Draft.append(store, draft -> draft.delete(MILK, ALICE));
    assertThat(store.find(Set.of(MILK)).get(MILK).deleted()).isTrue();
  }

  private static void assertFull(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageNotContaining("secret")
        .extracting(e -> ((StoreUnavailableException) e).reason())
        .isEqualTo(Reason.FULL);
  }

  private int length() {
    return store
        .feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1L << 40)
        .items()
        .size();
  }
}
