package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.Quota;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.history.DocumentVersion;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Deletions, echoes, acknowledgements, validation, history: traps T43 to T55 of the protocol. */
class PushTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "phone");
  private static final HybridTimestamp T3 = at(3_000, "laptop");
  private static final HybridTimestamp T4 = at(4_000, "phone");
  private static final HybridTimestamp T5 = at(5_000, "laptop");

  private final TestServer server = new TestServer();

  private HybridTimestamp create(String document) {
    HybridTimestamp clock =
        server.push(ZERO, edit("plan", document, Map.of("x", T1, "y", T1), ZERO)).clock();
    server.millis += 500;
    return clock;
  }

  @Test
  void aDeletionBeatsAnEarlierEditAndReportsIt() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    server.push(base, delete("plan", T4, base));

    Answer edit = server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T3), base));

    assertThat(edit.isTombstone("plan")).isTrue();
    assertThat(edit.conflicts()).hasSize(1);
    assertThat(edit.conflicts().get(0).field()).isEqualTo("_deleted");
    assertThat(edit.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  private VersionPage history() {
    return server
        .engine()
        .history(
            TODO, TestServer.ALICE, TestServer.ALICE, TestServer.id("plan"), Optional.empty(), 10);
  }

  @Test
  void whatLostAgainstADeletionIsInTheHistory() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    server.push(base, delete("plan", T4, base));
    server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T3), base));

    VersionPage all = history();

    assertThat(all.versions().get(0).conflicts())
        .extracting(conflict -> conflict.get("field"))
        .containsExactly(new JsonString("_deleted"), new JsonString("x"));
    JsonObject lost = all.versions().get(0).conflicts().get(1);
    assertThat(lost.get("localValue")).isEqualTo(JsonNumber.of(2));
    assertThat(lost.get("localRev")).isEqualTo(new JsonString(T3.toString()));
    assertThat(lost.get("remoteRev")).isEqualTo(new JsonString(T4.toString()));
    assertThat(lost.get("winner")).isEqualTo(new JsonString("remote"));
  }

  @Test
  void anEditAfterADeletionBringsTheDocumentBackAsTheClientHoldsIt() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    server.push(base, delete("plan", T4, base));

    Answer edit = server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T5), base));

    assertThat(edit.fields("plan")).isEqualTo(json("{'x':2,'y':1}"));
    assertThat(edit.conflicts()).hasSize(1);
    assertThat(edit.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'x':2,'y':1}"));
  }

  @Test
  void aDeletionThatIsEarlierThanAnEditLoses() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T5), base));

    Answer deletion = server.push(base, delete("plan", T4, base));

    assertThat(deletion.fields("plan")).isEqualTo(json("{'x':2,'y':1}"));
    assertThat(deletion.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
  }

  @Test
  void aTombstoneNamesEveryRemovedTopLevelField() {
    HybridTimestamp base = create("{'x':1,'y':1}");

    Answer deletion = server.push(base, delete("plan", T4, base));

    assertThat(deletion.isTombstone("plan")).isTrue();
    assertThat(deletion.fieldClock("plan", "x")).isEqualTo(T4);
    assertThat(deletion.fieldClock("plan", "y")).isEqualTo(T4);
  }

  @Test
  void deletingAgainOrWhatNeverExistedChangesNothing() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    Answer first = server.push(base, delete("plan", T4, base));

    Answer again = server.push(first.clock(), delete("plan", T4, base));
    Answer never = server.push(first.clock(), delete("other", T4, ZERO));

    assertThat(again.revision("plan")).isEqualTo(first.revision("plan"));
    assertThat(never.documents()).isEmpty();
    assertThat(never.conflicts()).isEmpty();
    assertThat(server.pull(first.clock()).documents()).isEmpty();
  }

  @Test
  void aDelayedCreationDoesNotUndoTheDeletionThatOvertookIt() {
    server.push(ZERO, delete("plan", T4, ZERO));

    server.push(ZERO, edit("plan", "{'x':1}", Map.of("x", T1), ZERO));

    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDeletionOfWhatNeverExistedStopsNobodyElse() {
    server.push(ZERO, delete("plan", T4, ZERO));

    Answer other = server.push(ZERO, edit("plan", "{'x':1}", Map.of("x", T3), ZERO));

    assertThat(other.fields("plan")).isEqualTo(json("{'x':1}"));
    assertThat(other.conflicts()).isEmpty();
    assertThat(server.pull(ZERO).order()).containsExactly("plan");
  }

  @Test
  void anEchoOfADeletedDocumentDoesNotBringItBack() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    Answer deletion = server.push(base, delete("plan", T4, base));

    Answer echo =
        server.push(
            deletion.clock(), edit("plan", "{}", Map.of("x", T4, "y", T4), deletion.clock()));

    assertThat(echo.isTombstone("plan")).isTrue();
    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDocumentThatIsNotHereIsNotCreatedByACopyWithNothingNew() {
    HybridTimestamp base = create("{'x':1,'y':1}");

    Answer unknown =
        server.push(base, edit("gone", "{'x':1}", Map.of("x", at(-9_000, "phone")), base));

    assertThat(unknown.isTombstone("gone")).isTrue();
    assertThat(unknown.fieldClock("gone", "x")).isGreaterThan(base);
    assertThat(server.pull(ZERO).order()).containsExactly("plan");
  }

  @Test
  void everyDocumentJustWrittenIsEchoed() {
    Answer push = server.push(ZERO, edit("plan", "{'x':1}", Map.of("x", T1), ZERO));

    assertThat(push.order()).containsExactly("plan");
    assertThat(push.acknowledgements()).isEmpty();
  }

  @Test
  void aChangeStoredAsSentIsAcknowledgedWhereThatIsAskedFor() {
    Answer push = server.pushAcknowledged(ZERO, edit("plan", "{'x':1}", Map.of("x", T1), ZERO));
    Answer retry = server.pushAcknowledged(ZERO, edit("plan", "{'x':1}", Map.of("x", T1), ZERO));

    assertThat(push.documents()).isEmpty();
    assertThat(push.acknowledgements()).hasSize(1);
    assertThat(push.acknowledgements().get(0).revision()).isEqualTo(push.clock());
    assertThat(retry.acknowledgements()).isEqualTo(push.acknowledgements());
  }

  @Test
  void aMergedChangeIsNotAcknowledgedButReturned() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T3), base));

    Answer other =
        server.pushAcknowledged(base, edit("plan", "{'x':1,'y':2}", Map.of("y", T4), base));

    assertThat(other.acknowledgements()).isEmpty();
    assertThat(other.fields("plan")).isEqualTo(json("{'x':2,'y':2}"));
  }

  @Test
  void aCopyOlderThanTheStoredDocumentIsUpdatedWhateverTheClientsClock() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    Answer newer = server.push(base, edit("plan", "{'x':2,'y':1}", Map.of("x", T3), base));

    Answer pruned = server.push(newer.clock(), edit("plan", "{}", Map.of(), ZERO));

    assertThat(pruned.fields("plan")).isEqualTo(json("{'x':2,'y':1}"));
  }

  @Test
  void anInvalidChangeRefusesTheRequestOrIsSkipped() {
    DocumentSchema title =
        document ->
            document.get("title") == null
                ? List.of(new DocumentSchema.Violation("title", "is missing"))
                : List.of();
    TestServer strict =
        new TestServer(SyncSettings.DEFAULT, new CollectionDefinition(title, MergeStrategies.NONE));
    Change valid = edit("good", "{'title':'x'}", Map.of("title", T1), ZERO);
    Change invalid = edit("bad", "{'x':1}", Map.of("x", T1), ZERO);

    assertThatThrownBy(() -> strict.push(ZERO, valid, invalid))
        .isInstanceOfSatisfying(
            SyncException.class,
            e -> {
              assertThat(e.text()).isEqualTo("Schema validation failed");
              assertThat(String.valueOf(e.details().orElseThrow()))
                  .contains("\"key\":\"bad\",\"field\":\"title\"");
            });
    assertThat(strict.pull(ZERO).documents()).isEmpty();

    SyncAnswer skipped =
        strict
            .engine()
            .sync(
                TODO,
                ALICE,
                ALICE,
                new SyncRequest(
                    TASKS,
                    ZERO,
                    List.of(valid, invalid),
                    java.util.OptionalInt.empty(),
                    java.util.OptionalLong.empty(),
                    false,
                    false,
                    true));
    assertThat(skipped.rejections()).hasSize(1);
    assertThat(skipped.rejections().get(0).key().value()).isEqualTo("bad");
    assertThat(strict.pull(ZERO).order()).containsExactly("good");
  }

  @Test
  void documentsHaveLimits() {
    String deep = "{'a':".repeat(65) + "1" + "}".repeat(65);
    StringBuilder wide = new StringBuilder("{");
    for (int i = 0; i <= 10_000; i++) {
      wide.append(i == 0 ? "" : ",").append("'f").append(i).append("':1");
    }
    String longName = "{'" + "n".repeat(1025) + "':1}";
    String large = "{'t':'" + "x".repeat(1024 * 1024) + "'}";

    refused(SyncProblem.BAD_REQUEST, deep);
    refused(SyncProblem.TOO_LARGE, wide.append('}').toString());
    refused(SyncProblem.BAD_REQUEST, longName);
    refused(SyncProblem.TOO_LARGE, large);
    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  private void refused(SyncProblem problem, String document) {
    assertThatThrownBy(
            () ->
                server.push(
                    ZERO,
                    edit("good", "{'x':1}", Map.of(), ZERO),
                    edit("plan", document, Map.of(), ZERO)))
        .isInstanceOfSatisfying(
            SyncException.class,
            e -> {
              assertThat(e.problem()).isEqualTo(problem);
              assertThat(e.text()).startsWith("changes[1].doc");
            });
  }

  @Test
  void aUserHasALimitedNumberOfCollections() {
    Limits two = new Limits(1024, 64, 100, 100, 2, Quota.NONE);
    TestServer limited =
        new TestServer(
            new SyncSettings(
                SyncSettings.DEFAULT.maxDrift(),
                SyncSettings.DEFAULT.history(),
                SyncSettings.DEFAULT.tombstoneRetention(),
                two),
            CollectionDefinition.FREE_FORM);
    for (String name : List.of("one", "two", "one", "two")) {
      limited.sync(ALICE, pushTo(name));
    }

    assertThatThrownBy(() -> limited.sync(ALICE, pushTo("three")))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.OUT_OF_ROOM));
    limited.sync(TestServer.BOB, pushTo("three"));
  }

  private static SyncRequest pushTo(String collection) {
    return SyncRequest.push(
        new CollectionName(collection), ZERO, List.of(edit("k", "{'a':1}", Map.of("a", T1), ZERO)));
  }

  @Test
  void historyTellsWhatChangedAndAnEarlierVersionCanBeRestored() {
    HybridTimestamp base = create("{'x':1,'y':1}");
    Answer second = server.push(base, edit("plan", "{'x':2}", Map.of("x", T3, "y", T3), base));
    server.push(second.clock(), delete("plan", T5, second.clock()));

    VersionPage all = history();
    assertThat(all.versions()).hasSize(3);
    DocumentVersion edit = all.versions().get(1);
    assertThat(edit.commit()).isEqualTo(second.clock());
    assertThat(edit.changed().get(new LeafPath("x")))
        .isEqualTo(new DocumentVersion.Changed(JsonNumber.of(1), JsonNumber.of(2), T3));
    assertThat(edit.changed().get(new LeafPath("y")))
        .isEqualTo(new DocumentVersion.Changed(JsonNumber.of(1), null, T3));

    VersionPage page =
        server
            .engine()
            .history(
                TODO,
                TestServer.ALICE,
                TestServer.ALICE,
                TestServer.id("plan"),
                Optional.of(edit.commit()),
                10);
    assertThat(page.versions()).hasSize(1);

    server.engine().restore(TODO, TestServer.ALICE, TestServer.ALICE, TestServer.id("plan"), base);
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'x':1,'y':1}"));
    assertThatThrownBy(
            () ->
                server
                    .engine()
                    .restore(
                        TODO,
                        TestServer.ALICE,
                        TestServer.ALICE,
                        TestServer.id("plan"),
                        all.versions().get(0).commit()))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.NOT_FOUND));
  }

  @Test
  void historyOfWhatIsNotThereIsNotFound() {
    assertThatThrownBy(
            () ->
                server
                    .engine()
                    .history(
                        TODO,
                        TestServer.ALICE,
                        TestServer.ALICE,
                        TestServer.id("none"),
                        Optional.empty(),
                        10))
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.NOT_FOUND));
  }

  @Test
  void concurrentPushesToOneDocumentAllCount() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Answer>> pushes = new ArrayList<>();
      SyncEngine otherNode = server.start(99);
      for (int i = 0; i < 200; i++) {
        int n = i;
        Change change =
            edit("plan", "{'f" + n + "':" + n + "}", Map.of("f" + n, at(n, "d" + n)), ZERO);
        SyncRequest request = SyncRequest.push(TASKS, ZERO, List.of(change));
        pushes.add(
            () ->
                TestServer.deliver(
                    (n % 2 == 0 ? otherNode : server.engine()).sync(TODO, ALICE, ALICE, request)));
      }
      for (Future<Answer> push : pool.invokeAll(pushes)) {
        assertThat(push.get().documents()).containsKey("plan");
      }
    } finally {
      pool.shutdown();
    }

    assertThat(server.pull(ZERO).fields("plan").members()).hasSize(200);
    List<Conflict> conflicts = server.pull(ZERO).conflicts();
    assertThat(conflicts).isEmpty();
  }
}
