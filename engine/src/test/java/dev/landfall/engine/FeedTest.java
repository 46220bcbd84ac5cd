package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.START;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.clock.HybridClock;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Feed, cursor and clock: traps T01 to T14 of the protocol. */
class FeedTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private final TestServer server = new TestServer();

  private static Change task(String key, long clock) {
    return edit(key, "{'title':'" + key + "'}", Map.of("title", at(clock, "phone")), ZERO);
  }

  @Test
  void commitsOfOneMillisecondAreToldApart() {
    Answer first = server.push(ZERO, task("one", 0));
    Answer second = server.push(ZERO, task("two", 0));

    Answer pull = server.pull(first.clock());

    assertThat(pull.order()).containsExactly("two");
    assertThat(second.revision("two")).isGreaterThan(first.revision("one"));
  }

  @Test
  void anEmptyServerHandsOutZero() {
    assertThat(server.pull(ZERO).clock()).isEqualTo(ZERO);
  }

  @Test
  void aPullHandsOutTheLastCommitAndNothingLater() {
    Answer push = server.push(ZERO, task("one", 0));
    server.millis += 60_000;

    Answer pull = server.pull(push.clock());

    assertThat(pull.clock()).isEqualTo(push.clock());
    assertThat(pull.clock()).isEqualTo(push.revision("one"));
  }

  @Test
  void theClockGoesOnWhenTheWallClockStepsBackAndTheServerRestarts() {
    Answer before = server.push(ZERO, task("one", 0));
    server.millis -= Duration.ofMinutes(10).toMillis();
    server.restart(2);

    Answer after = server.push(ZERO, task("two", -1_000_000));

    assertThat(after.revision("two")).isGreaterThan(before.clock());
    assertThat(server.pull(before.clock()).order()).containsExactly("two");
    assertThat(server.pull(before.clock()).resync()).isFalse();
  }

  @Test
  void commitClocksAreAboveEveryAcceptedEditClock() {
    HybridTimestamp fast = at(299_000, "phone");

    Answer push = server.push(ZERO, edit("one", "{'title':'x'}", Map.of("title", fast), ZERO));

    assertThat(push.revision("one")).isGreaterThan(fast);
  }

  @Test
  void aPushThatStoresNothingMovesTheClockToo() {
    Answer created = server.push(ZERO, task("one", 0));
    HybridTimestamp fast = at(200_000, "phone");

    Answer same =
        server.push(
            created.clock(),
            edit("one", "{'title':'one'}", Map.of("title", fast), created.clock()));
    Answer next = server.push(ZERO, task("two", 1));

    assertThat(same.documents()).isEmpty();
    assertThat(same.clock()).isGreaterThan(fast);
    assertThat(next.revision("two")).isGreaterThan(fast);
  }

  @Test
  void anIdleClientThatSendsEverythingItHoldsWritesNothing() {
    Answer created = server.push(ZERO, task("one", 0));

    Answer idle =
        server.push(
            created.clock(),
            edit("one", "{'title':'one'}", Map.of("title", at(0, "phone")), created.clock()));

    assertThat(idle.clock()).isEqualTo(created.clock());
    assertThat(idle.documents()).isEmpty();
  }

  @Test
  void anEditClockJustWithinTheBoundIsTaken() {
    long within = Duration.ofMinutes(4).plusSeconds(59).toMillis();

    Answer push =
        server.push(ZERO, edit("one", "{'title':'x'}", Map.of("title", at(within, "phone")), ZERO));

    assertThat(push.documents()).containsKey("one");
  }

  @Test
  void anEditClockBeyondTheBoundRefusesTheWholeRequest() {
    Change good = task("good", 0);
    Change bad = edit("bad", "{'title':'x'}", Map.of("title", at(301_000, "phone")), ZERO);

    assertThatThrownBy(() -> server.push(ZERO, good, bad))
        .isInstanceOfSatisfying(
            SyncException.class,
            e -> {
              assertThat(e.problem()).isEqualTo(SyncProblem.CLOCK_DRIFT);
              assertThat(e.details())
                  .contains(
                      json(
                          "{'serverTime':"
                              + START
                              + ",'maxDriftMs':300000,'key':'bad','field':'title'}"));
            });
    assertThat(server.pull(ZERO).documents()).isEmpty();
    assertThat(server.pull(ZERO).clock()).isEqualTo(ZERO);
  }

  @Test
  void aBaseClockBeyondTheBoundRefusesTheRequest() {
    Change bad =
        edit("bad", "{'title':'x'}", Map.of("title", at(0, "phone")), at(301_000, "phone"));

    assertThatThrownBy(() -> server.push(ZERO, bad))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.CLOCK_DRIFT));
  }

  @Test
  void aServerWhoseClockWasCorrectedGoesOnWithRightDevicesAndWithThoseThatHoldItsClocks() {
    server.millis += Duration.ofDays(1).toMillis();
    HybridTimestamp ahead = server.push(ZERO, task("one", 0)).clock();
    server.millis -= Duration.ofDays(1).toMillis();
    server.restart(2);

    Answer right = server.push(ahead, task("two", 1));
    HybridTimestamp held =
        HybridClock.receive(at(0, "laptop"), right.clock(), server.millis); // later than any commit
    Answer holding = server.push(ahead, edit("three", "{'a':1}", Map.of("a", held), held));

    assertThat(right.order()).containsExactly("two");
    assertThat(right.revision("two")).isGreaterThan(ahead);
    assertThat(holding.order()).containsExactly("two", "three");
    assertThat(holding.resync()).isFalse();
  }

  @Test
  void whatIsBeyondTheLastCommitOfAServerThatWasAheadIsRefused() {
    server.millis += Duration.ofDays(1).toMillis();
    HybridTimestamp ahead = server.push(ZERO, task("one", 0)).clock();
    server.millis -= Duration.ofDays(1).toMillis();
    HybridTimestamp beyond = new HybridTimestamp(ahead.millis() + 1, 0, "phone");

    for (Change change :
        List.of(
            edit("two", "{'a':1}", Map.of("a", beyond), ZERO),
            edit("two", "{'a':1}", Map.of("a", at(0, "phone")), beyond))) {
      assertThatThrownBy(() -> server.push(ZERO, change))
          .isInstanceOfSatisfying(
              SyncException.class,
              e -> {
                assertThat(e.problem()).isEqualTo(SyncProblem.CLOCK_DRIFT);
                assertThat(String.valueOf(e.details().orElseThrow()))
                    .contains("\"serverTime\":" + server.millis);
              });
    }
    assertThat(server.pull(ZERO).clock()).isEqualTo(ahead);
  }

  @Test
  void noDeviceMovesTheServersClockFurtherThanADeviceMayBeAhead() {
    for (int i = 0; i < 3; i++) {
      server.push(
          ZERO, edit("one", "{'a':" + i + "}", Map.of("a", at(299_000 + i, "phone")), ZERO));
    }

    Change further = edit("one", "{'a':9}", Map.of("a", at(301_000, "phone")), ZERO);
    assertThatThrownBy(() -> server.push(ZERO, further))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.CLOCK_DRIFT));
  }

  @Test
  void aClockThatAnotherNodeIssuedIsNotRefused() {
    SyncEngine other = server.start(9);
    server.millis += Duration.ofDays(1).toMillis();
    Answer ahead =
        TestServer.deliver(
            other.sync(
                TestServer.TODO,
                ALICE,
                ALICE,
                SyncRequest.push(TASKS, ZERO, List.of(task("one", 0)))));
    server.millis -= Duration.ofDays(1).toMillis();

    Answer edited =
        server.push(
            ahead.clock(),
            edit("one", "{'a':1}", Map.of("a", ahead.clock().withNode("phone")), ahead.clock()));

    assertThat(edited.order()).containsExactly("one");
  }

  @Test
  void aPushWithoutAPullLeavesTheClientsClockWhereItIs() {
    HybridTimestamp before = server.push(ZERO, task("one", 0)).clock();
    server.push(ZERO, task("two", 1));
    SyncRequest push =
        new SyncRequest(
            TASKS,
            before,
            List.of(task("three", 2), edit("one", "{'title':'old'}", Map.of(), before)),
            OptionalInt.of(0),
            OptionalLong.empty(),
            true,
            false,
            false);

    Answer answer = server.sync(ALICE, push);

    assertThat(answer.order()).containsExactly("one"); // not what its device holds
    assertThat(answer.acknowledgements()).hasSize(1);
    assertThat(answer.clock()).isEqualTo(before);
    assertThat(answer.end().more()).isTrue();
    assertThat(answer.end().pending()).hasValue(2);
    assertThat(server.pull(before).order()).containsExactly("two", "three");
  }

  @Test
  void aPageInBytesGetsOnWhateverGoesBackBeforeIt() {
    HybridTimestamp before = server.push(ZERO, task("one", 0)).clock();
    server.push(ZERO, task("two", 1), task("three", 2));
    SyncRequest request =
        new SyncRequest(
            TASKS,
            before,
            List.of(edit("one", "{'title':'" + "old".repeat(1_000) + "'}", Map.of(), before)),
            OptionalInt.empty(),
            OptionalLong.of(10),
            false,
            false,
            false);

    Answer page = server.sync(ALICE, request);

    assertThat(page.order()).containsExactly("one", "two");
    assertThat(page.clock()).isEqualTo(page.revision("two"));
    assertThat(page.end().pending()).hasValue(1);
  }

  @Test
  void aClockThatWasNeverIssuedIsServedAsZero() {
    Answer push = server.push(ZERO, task("one", 0));
    HybridTimestamp ahead = HybridTimestamp.parse("fffffffffffff-ffffff-z");
    HybridTimestamp forged = new HybridTimestamp(push.clock().millis() + 1, 0, push.clock().node());
    HybridTimestamp otherEpoch = push.clock().withNode("srv.00000000.x");

    for (HybridTimestamp clock : List.of(ahead, forged, otherEpoch, at(0, "phone"))) {
      Answer pull = server.pull(clock);
      assertThat(pull.resync()).isTrue();
      assertThat(pull.order()).containsExactly("one");
      assertThat(pull.clock()).isEqualTo(push.clock());
    }
  }

  @Test
  void aServerThatLostItsDataIsNoticed() {
    Answer before = server.push(ZERO, task("one", 0));
    TestServer emptied = new TestServer();
    emptied.restart(7);
    emptied.push(ZERO, task("two", 0));
    emptied.push(ZERO, task("three", 0));

    Answer pull = emptied.pull(before.clock());

    assertThat(pull.resync()).isTrue();
    assertThat(pull.order()).containsExactly("two", "three");
  }

  @Test
  void aClockOfAnotherCollectionOrUserIsServedAsZero() {
    server.push(ZERO, task("one", 0));
    Answer notes =
        server.sync(
            ALICE,
            SyncRequest.push(
                new CollectionName("notes"),
                ZERO,
                List.of(edit("n", "{'a':1}", Map.of("a", at(0, "phone")), ZERO))));

    Answer tasks = server.pull(notes.clock());
    Answer bobs = server.sync(BOB, SyncRequest.pull(TASKS, tasks.clock()));

    assertThat(tasks.resync()).isTrue();
    assertThat(tasks.order()).containsExactly("one");
    assertThat(bobs.resync()).isTrue();
    assertThat(bobs.documents()).isEmpty();
  }

  @Test
  void aBaseClockOfAnotherCollectionHidesNoConflict() {
    server.push(ZERO, edit("one", "{'a':1}", Map.of("a", at(0, "phone")), ZERO));
    Answer notes =
        server.sync(
            ALICE,
            SyncRequest.push(
                new CollectionName("notes"),
                ZERO,
                List.of(edit("n", "{'a':1}", Map.of("a", at(0, "phone")), ZERO))));
    HybridTimestamp edit = at(2_000, "laptop");

    Answer push = server.push(ZERO, edit("one", "{'a':2}", Map.of("a", edit), notes.clock()));

    assertThat(push.conflicts()).hasSize(1);
  }

  @Test
  void pagesTogetherAreEverythingOnce() {
    Change[] changes = new Change[25];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = task("task" + i, i);
    }
    server.push(ZERO, changes);

    HybridTimestamp cursor = ZERO;
    Set<String> seen = new HashSet<>();
    int pages = 0;
    boolean more = true;
    while (more) {
      Answer page = server.page(cursor, 4);
      for (String key : page.order()) {
        assertThat(seen.add(key)).isTrue();
        assertThat(page.revision(key)).isLessThanOrEqualTo(page.clock());
      }
      assertThat(page.end().pending()).hasValue(25 - seen.size());
      more = page.end().more();
      if (more) {
        assertThat(page.clock()).isEqualTo(page.revision(page.order().get(3)));
      }
      cursor = page.clock();
      pages++;
    }

    assertThat(seen).hasSize(25);
    assertThat(pages).isEqualTo(7);
  }

  @Test
  void aPageEndsAfterTheDocumentThatReachesItsBytes() {
    server.push(ZERO, task("one", 0), task("two", 1), task("three", 2));

    Answer page =
        server.sync(
            ALICE,
            new SyncRequest(
                TASKS,
                ZERO,
                List.of(),
                java.util.OptionalInt.empty(),
                java.util.OptionalLong.of(1),
                false,
                false,
                false));

    assertThat(page.order()).containsExactly("one");
    assertThat(page.end().more()).isTrue();
    assertThat(page.end().pending()).hasValue(2);
  }

  @Test
  void aDocumentThatChangesDuringAStreamedPullComesInItsNewVersion() throws Exception {
    Change[] changes = new Change[1200];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = task("task" + i, i);
    }
    Answer created = server.push(ZERO, changes);
    SyncAnswer stream =
        server.engine().sync(TestServer.TODO, ALICE, ALICE, SyncRequest.pull(TASKS, ZERO));
    server.push(
        created.clock(),
        edit("task1100", "{'title':'new'}", Map.of("title", at(5_000, "laptop")), created.clock()));

    Answer pull = TestServer.deliver(stream);

    assertThat(pull.documents()).hasSize(1200);
    assertThat(pull.fields("task1100")).isEqualTo(json("{'title':'new'}"));
    assertThat(pull.clock()).isEqualTo(pull.revision("task1100"));
    assertThat(server.pull(pull.clock()).documents()).isEmpty();
  }

  @Test
  void aPullFromZeroHasNoTombstones() {
    Answer created = server.push(ZERO, task("one", 0), task("two", 1));
    server.push(created.clock(), delete("one", at(5, "phone"), created.clock()));

    assertThat(server.pull(ZERO).order()).containsExactly("two");
    assertThat(server.pull(created.clock()).isTombstone("one")).isTrue();
  }

  @Test
  void whoWasAwayLongerThanTombstonesAreKeptStartsAgain() {
    Answer created = server.push(ZERO, task("one", 0), task("two", 1));
    server.push(created.clock(), delete("one", at(5, "phone"), created.clock()));
    server.millis += Duration.ofDays(91).toMillis();
    Answer live = server.push(ZERO, task("three", 6));

    assertThat(server.engine().purge()).isEqualTo(1);

    Answer away = server.pull(created.clock());
    assertThat(away.resync()).isTrue();
    assertThat(away.order()).containsExactly("two", "three");
    assertThat(server.pull(live.clock()).resync()).isFalse();
  }

  @Test
  void pagesFromZeroGoOnBehindThePurgeHorizon() {
    Answer created =
        server.push(ZERO, task("one", 0), task("two", 1), task("three", 2), task("four", 3));
    server.push(created.clock(), delete("one", at(5, "phone"), created.clock()));
    server.millis += Duration.ofDays(91).toMillis();
    server.push(ZERO, task("five", 6));
    server.engine().purge();

    HybridTimestamp cursor = ZERO;
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      Answer page = server.page(cursor, 1);
      assertThat(page.resync()).isFalse();
      seen.addAll(page.order());
      cursor = page.clock();
    }

    assertThat(seen).containsExactlyInAnyOrder("two", "three", "four", "five");
    assertThat(server.page(cursor, 1).end().more()).isFalse();
  }

  @Test
  void anotherUsersDocumentsAreNeverDelivered() {
    server.push(ZERO, task("one", 0));

    Answer bobs = server.sync(BOB, SyncRequest.pull(TASKS, ZERO));

    assertThat(bobs.documents()).isEmpty();
  }
}
