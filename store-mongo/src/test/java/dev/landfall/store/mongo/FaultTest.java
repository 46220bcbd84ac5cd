package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
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
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.store.mongo.FaultyServer.Fault;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.Follower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cut connections, lost replies, failovers and slow servers lose, double and skip nothing. */
class FaultTest {
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
    server.faults((number, request) -> Fault.NONE);
    database.close();
  }

  @Test
  void aFaultAtAnyRequestLosesAndDoublesNothing() {
    server.faults((number, request) -> Fault.NONE);
    tell("faultless");
    long requests = server.requests();

    for (Fault fault : EnumSet.complementOf(EnumSet.of(Fault.NONE, Fault.SLOW))) {
      for (long struck = 1; struck <= requests; struck++) {
        long at = struck;
        server.faults((number, request) -> number == at ? fault : Fault.NONE);

        tell(fault + "-" + struck);

        server.faults((number, request) -> Fault.NONE);
        ApplicationName story = new ApplicationName(fault + "-" + struck);
        try (StoreBackend other = database.open()) {
          for (StoreBackend seen : new StoreBackend[] {node, other}) {
            ApplicationStore store = seen.application(story);
            Follower reader = new Follower(store, 2, ALICES_TASKS, BOBS_TASKS);
            assertThat(reader.catchUp()).hasSize(5);
            assertThat(reader.view()).isEqualTo(Map.of(MILK, "2", task("1"), "1", task("2"), "2"));
            assertThat(store.tip().number()).isEqualTo(2);
          }
        }
      }
    }
  }

  private void tell(String name) {
    ApplicationStore store = node.application(new ApplicationName(name));
    for (int i = 1; i <= 2; i++) {
      String wire = Integer.toString(i);
      Draft draft = Draft.after(again(store::tip));
      draft.put(MILK, wire, ALICE, BOB).put(task(wire), wire, i == 1 ? BOB : ALICE);
      draft.delete(task("gone"), ALICE);
      Commit commit = draft.commit();
      assertThat(again(() -> store.append(commit))).isEqualTo(AppendOutcome.APPENDED);
    }
  }

  private static <T> T again(Supplier<T> call) {
    for (int attempt = 1; attempt < 3; attempt++) {
      try {
        return call.get();
      } catch (StoreUnavailableException e) {
        assertThat(e.getMessage()).doesNotContain("cut").doesNotContain("127.0.0.1");
      }
    }
    return call.get();
  }

  @Test
  void whoDiesBetweenCommitAndApplyLeavesAWholeCommit() {
    ApplicationStore dying = node.application(TODO);
    Draft.append(dying, draft -> draft.put(MILK, "1", ALICE, BOB));
    ApplicationStore survivor = database.open().application(TODO);
    Follower reader = new Follower(survivor, 10, ALICES_TASKS, BOBS_TASKS);
    reader.catchUp();
    server.faults((n, request) -> request.startsWith("update") ? Fault.CUT_BEFORE : Fault.NONE);
    Commit last =
        Draft.after(dying.tip()).put(MILK, "2", ALICE).put(task("new"), "2", BOB).commit();

    assertThatThrownBy(() -> dying.append(last)).isInstanceOf(StoreUnavailableException.class);

    assertThat(survivor.tip().number()).isEqualTo(2);
    assertThat(survivor.find(Set.of(MILK))).containsValue(last.documents().get(0));
    assertThat(reader.catchUp()).hasSize(2);
    assertThat(reader.view()).isEqualTo(Map.of(MILK, "2", task("new"), "2"));
    server.faults((number, request) -> Fault.NONE);
    ApplicationStore late = database.open().application(TODO);
    Draft.append(late, draft -> draft.put(task("later"), "3", ALICE));
    assertThat(reader.catchUp()).hasSize(1);
    Follower fresh = new Follower(database.open().application(TODO), 1, ALICES_TASKS, BOBS_TASKS);
    fresh.catchUp();
    assertThat(fresh.view()).isEqualTo(reader.view());
    assertThat(dying.append(last)).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void whatIsFoundIsOfOneMomentThoughACommitIsHalfApplied() {
    ApplicationStore dying = node.application(TODO);
    Draft.append(dying, draft -> draft.put(task("a"), "1", ALICE).put(task("b"), "1", ALICE));
    ApplicationStore reader = database.open().application(TODO);
    reader.tip();
    server.faults(
        (n, request) -> request.equals("update documents") ? Fault.CUT_BEFORE : Fault.NONE);
    Commit both =
        Draft.after(dying.tip()).put(task("a"), "2", ALICE).put(task("b"), "2", ALICE).commit();
    assertThatThrownBy(() -> dying.append(both)).isInstanceOf(StoreUnavailableException.class);
    server.faults((number, request) -> Fault.NONE);
    Document half = database.collections().documents().find().first();
    half.append("number", 2L)
        .append("revision", both.documents().get(0).revision().toString())
        .append("wire", new Binary("2".getBytes(StandardCharsets.UTF_8)));
    database.collections().documents().replaceOne(new Document("_id", half.get("_id")), half);

    Map<DocumentId, StoredDocument> found = reader.find(Set.of(task("a"), task("b")));

    assertThat(found.values())
        .extracting(StoredDocument::wire)
        .containsExactly(Bytes.utf8("2"), Bytes.utf8("2"));
  }

  @Test
  void aPageThatEndsAtItsLimitIsOfOneMoment() {
    ApplicationStore dying = node.application(TODO);
    Draft.append(
        dying,
        draft -> {
          for (String key : List.of("a", "b", "c", "d", "e")) {
            draft.put(task(key), "1", ALICE);
          }
        });
    ApplicationStore reader = database.open().application(TODO);
    reader.tip();
    server.faults((n, request) -> request.equals("update entries") ? Fault.CUT_BEFORE : Fault.NONE);
    Commit both =
        Draft.after(dying.tip()).put(task("a"), "2", ALICE).put(task("b"), "2", ALICE).commit();
    assertThatThrownBy(() -> dying.append(both)).isInstanceOf(StoreUnavailableException.class);
    server.faults((number, request) -> Fault.NONE);
    database
        .collections()
        .entries()
        .updateOne(
            new Document("key", "a"),
            new Document(
                "$set",
                new Document("number", 2L)
                    .append("position", both.entries().get(0).position().toString())));

    List<FeedItem> items =
        reader.feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 1, 99).items();

    assertThat(items).extracting(item -> item.entry().document()).containsExactly(task("c"));
  }

  @Test
  void aSlowServerIsNotWaitedForForEver() {
    ApplicationStore store =
        database.open(settings -> settings.timeout(1, TimeUnit.SECONDS)).application(TODO);
    Commit commit = Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
    server.faults((number, request) -> Fault.SLOW);
    Instant start = Instant.now();

    assertThatThrownBy(store::tip).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.find(Set.of(MILK)))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
    server.faults((number, request) -> Fault.NONE);
    assertThat(node.application(TODO).find(Set.of(MILK))).containsValue(commit.documents().get(0));
  }

  @Test
  void aLostReplyOfTheDirectoryIsNotALostRace() {
    DirectoryRecord first = new DirectoryRecord("user", "ann", 1, Bytes.utf8("1"));
    DirectoryRecord second = new DirectoryRecord("user", "ann", 2, Bytes.utf8("2"));
    server.faults((number, request) -> number == 1 ? Fault.CUT_AFTER : Fault.NONE);
    assertThat(node.directory().write(first)).isTrue();
    server.faults((number, request) -> number == 1 ? Fault.CUT_AFTER : Fault.NONE);
    assertThat(node.directory().write(second)).isTrue();

    assertThat(node.directory().write(second)).isFalse();
    assertThat(node.directory().find("user", "ann")).contains(second);
  }
}
