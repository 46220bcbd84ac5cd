package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.store.mongo.FaultyServer.Fault;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.Follower;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs that have been compacted, and commits larger than a document of MongoDB. */
class LongLogTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  private final FaultyServer server = new FaultyServer();
  private TestDatabase database;
  private StoreBackend node;

  @BeforeEach
  void open() {
    database = TestDatabase.on(server);
    node = database.open();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aNodeThatFellBehindACompactedLogCatchesUp() {
    ApplicationStore behind = database.open().application(TODO);
    ApplicationStore ahead = node.application(TODO);
    Follower follower = new Follower(behind, 3, ALICES_TASKS);
    follower.catchUp();
    List<Commit> commits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String key = "k" + i;
      commits.add(Draft.append(ahead, draft -> draft.put(task(key), key, ALICE)));
    }
    compact(15);

    assertThat(behind.tip()).isEqualTo(ahead.tip());
    assertThat(follower.catchUp()).hasSize(20);
    for (Commit commit : commits) {
      assertThat(behind.append(commit)).isEqualTo(AppendOutcome.APPENDED);
    }
    Commit other = Draft.after(behind.tip()).token("other").commit();
    assertThat(behind.append(new Commit(3, other.clock(), "e2", "other", List.of(), List.of())))
        .isEqualTo(AppendOutcome.NUMBER_TAKEN);
  }

  @Test
  void anEpochOutlivesItsCommitsInTheLog() {
    ApplicationStore store = node.application(TODO);
    Commit first = Draft.append(store, draft -> draft.epoch("e1"));
    Commit second = Draft.append(store, draft -> draft.epoch("e2"));
    HybridTimestamp later = weekAfter(weekAfter(second.clock()));
    store.append(new Commit(3, weekAfter(first.clock()), "e3", "t3", List.of(), List.of()));
    store.append(new Commit(4, later, "e3", "t4", List.of(), List.of()));
    compact(2);

    StoreBackend restarted = database.open();

    ApplicationStore reopened = restarted.application(TODO);
    assertThat(reopened.lastOfEpoch("e1")).contains(first.clock());
    assertThat(reopened.lastOfEpoch("e2")).contains(second.clock());
    assertThat(reopened.lastOfEpoch("e3")).contains(later);
    assertThat(reopened.tip().number()).isEqualTo(4);
    assertThat(database.collections().log().countDocuments()).isEqualTo(2);
  }

  @Test
  void theLogIsCompactedAsItGrows() {
    ApplicationStore store = node.application(TODO);
    Commit first = Draft.append(store, draft -> draft.put(MILK, "first", ALICE));
    for (int i = 2; i <= LogCompaction.KEPT + LogCompaction.INTERVAL; i++) {
      Draft.append(store, draft -> {});
    }

    assertThat(database.content(TODO, LogCompaction.INTERVAL)).isFalse();
    assertThat(database.content(TODO, LogCompaction.INTERVAL + 1)).isTrue();
    assertThat(store.append(first)).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void manyDocumentsAtOnceReplaceTheEarlierOnes() {
    ApplicationStore store = node.application(TODO);
    Commit last = Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    for (String wire : List.of("1", "2")) {
      last =
          Draft.append(
              store,
              draft -> {
                for (int i = 0; i < 300; i++) {
                  draft.put(task("k" + i), wire, ALICE);
                }
              });
    }

    List<FeedItem> items =
        database
            .open()
            .application(TODO)
            .feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1 << 20)
            .items();

    assertThat(items).hasSize(301);
    assertThat(items.subList(1, 301))
        .extracting(FeedItem::entry)
        .containsExactlyElementsOf(last.entries());
    assertThat(items.subList(1, 301)).allMatch(item -> item.wire().utf8().equals("2"));
    assertThat(database.collections().entries().countDocuments(new Document("number", 3L)))
        .isEqualTo(300);
  }

  @Test
  void aCommitLargerThanADocumentIsWholeForWhoeverReadsIt() {
    Draft draft = Draft.after(node.application(TODO).tip());
    Set<DocumentId> ids = new HashSet<>();
    for (int i = 0; i < 24; i++) {
      byte[] wire = new byte[1 << 20];
      java.util.Arrays.fill(wire, (byte) i);
      DocumentId id = task("k" + i);
      ids.add(id);
      draft.put(
          new StoredDocument(id, draft.tick(), false, Bytes.copyOf(wire), Bytes.EMPTY, Bytes.EMPTY),
          ALICE);
    }
    Commit commit = draft.commit();
    server.faults(
        (number, request) -> request.equals("insert log") ? Fault.CUT_BEFORE : Fault.NONE);
    assertThatThrownBy(() -> node.application(TODO).append(commit))
        .isInstanceOf(StoreUnavailableException.class);
    server.faults((number, request) -> Fault.NONE);
    ApplicationStore other = database.open().application(TODO);
    assertThat(other.tip().number()).isZero();
    assertThat(other.find(ids)).isEmpty();
    AtomicBoolean struck = new AtomicBoolean();
    server.faults(
        (number, request) ->
            request.startsWith("update") && struck.compareAndSet(false, true)
                ? Fault.CUT_BEFORE
                : Fault.NONE);
    assertThatThrownBy(() -> node.application(TODO).append(commit))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(other.tip().number()).isEqualTo(1);
    assertThat(other.find(ids).values()).containsExactlyInAnyOrderElementsOf(commit.documents());

    server.faults((number, request) -> Fault.NONE);
    assertThat(node.application(TODO).append(commit)).isEqualTo(AppendOutcome.APPENDED);
    Draft.append(node.application(TODO), next -> {});
    compact(1);
    assertThat(database.collections().parts().countDocuments()).isZero();
    assertThat(database.open().application(TODO).find(ids)).hasSize(24);
  }

  private void compact(long floor) {
    new LogCompaction(TODO, database.collections())
        .run(floor, node.application(TODO).tip().clock());
  }

  private static HybridTimestamp weekAfter(HybridTimestamp clock) {
    return new HybridTimestamp(clock.millis() + 8L * 24 * 3_600 * 1_000, 0, "s1.e3");
  }
}
