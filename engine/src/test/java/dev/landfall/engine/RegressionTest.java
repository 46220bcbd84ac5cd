package dev.landfall.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the simulation found, each in the smallest form. */
class RegressionTest {
  private static final ApplicationName PLANNER = new ApplicationName("planner");
  private static final UserId ALICE = new UserId("alice");
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final DocumentKey MILK = new DocumentKey("milk");
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final long NOW = 1_764_000_000_000L;

  private final MemoryBackend backend = new MemoryBackend();
  private long wall = NOW;
  private final SyncEngine engine =
      new SyncEngine(
          backend,
          List.of(new ApplicationDefinition(PLANNER, "", Map.of())),
          new SyncSettings(
              Duration.ofMinutes(5), Duration.ofDays(30), Duration.ofHours(1), Limits.DEFAULT),
          () -> Instant.ofEpochMilli(wall),
          new SplittableRandom(1),
          EngineObserver.NONE);

  @Test
  void whoKnewOfADeletionBeatsWhatSomebodyElseBroughtBack() throws Exception {
    HybridTimestamp base = push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO)).clock();
    push(delete(phone(10), base));
    push(edit("{\"n\":1,\"done\":true}", Map.of("done", laptop(20)), base)); // brings it back
    push(edit("{\"n\":2}", Map.of("n", phone(15)), base)); // the phone made it anew at once

    assertThat(milk().get("n")).isEqualTo(JsonText.parse("2"));
  }

  @Test
  void repeatingTheDeletionOfAnUnknownDocumentSparesTheOneMadeSince() throws Exception {
    Change deletion = delete(phone(10), ZERO);
    push(deletion);
    push(edit("{\"n\":1}", Map.of("n", laptop(5)), ZERO));
    JsonObject before = milk();

    push(deletion);

    assertThat(milk()).isEqualTo(before);
  }

  @Test
  void repeatingTheFirstOfTwoDeletionsOfAnUnknownDocumentSparesTheOneMadeSince() throws Exception {
    Change deletion = delete(phone(10), ZERO);
    push(deletion);
    push(delete(phone(20), ZERO));
    push(edit("{\"n\":1}", Map.of("n", laptop(5)), ZERO));
    JsonObject before = milk();

    push(deletion);

    assertThat(milk()).isEqualTo(before);
  }

  @Test
  void theClockOfATombstoneForAnUnknownDocumentIsNotLaterThanTheAnswer() throws Exception {
    HybridTimestamp base =
        push(new DocumentKey("bread"), "{\"n\":1}", Map.of("n", phone(1))).clock();

    Answer answer = push(edit("{\"n\":1}", Map.of("n", phone(0)), base));

    JsonObject told = answer.documents().get(answer.documents().size() - 1);
    assertThat(told.get("_deleted")).isNotNull();
    assertThat(answer.clock()).isGreaterThanOrEqualTo(fieldClock(told, "n"));
    assertThat(push(edit("{}", Map.of("n", fieldClock(told, "n")), answer.clock())).documents())
        .allMatch(document -> document.get("_deleted") != null);
  }

  @Test
  void anExactRemovalCountsUnderALaterClockOfItsParent() throws Exception {
    push(edit("{\"o\":{\"a\":1,\"b\":2}}", Map.of("o.a", phone(1), "o.b", phone(1)), ZERO));

    push(edit("{\"o\":{\"a\":3}}", Map.of("o.a", phone(9), "o", phone(9), "o.b", phone(8)), ZERO));

    assertThat(milk().get("o")).isEqualTo(JsonText.parse("{\"a\":3}"));
  }

  @Test
  void theRemovalOfAnObjectCountsForLeavesThatHadMadePlaceForAScalar() throws Exception {
    HybridTimestamp base =
        push(edit("{\"n\":1,\"o\":{\"a\":1}}", Map.of("n", phone(1), "o", phone(1)), ZERO)).clock();
    HybridTimestamp scalar =
        push(edit("{\"n\":1,\"o\":\"all\"}", Map.of("o", laptop(2_006)), base)).clock();
    Change removal = edit("{\"n\":1}", Map.of("o", phone(2_020)), base);
    push(removal);
    push(edit("{\"n\":1,\"o\":{\"a\":2}}", Map.of("o", laptop(2_010)), scalar));
    JsonObject before = milk();

    push(removal);

    assertThat(before.get("o")).isNull();
    assertThat(milk()).isEqualTo(before);
  }

  @Test
  void aLeafThatAnAlreadyRemovedScalarDisplacesIsReported() throws Exception {
    HybridTimestamp base =
        push(edit("{\"n\":1,\"o\":\"all\"}", Map.of("n", phone(1), "o", phone(1)), ZERO)).clock();
    push(edit("{\"o\":{\"x\":4}}", Map.of("o", laptop(2_005)), ZERO));
    push(edit("{\"n\":1}", Map.of("o", new HybridTimestamp(NOW + 1_020, 0, "tablet")), base));

    Answer answer = push(edit("{\"n\":1,\"o\":\"none\"}", Map.of("o", phone(2_009)), base));

    assertThat(milk().get("o")).isNull();
    assertThat(answer.conflicts()).anyMatch(conflict -> conflict.contains("o.x"));
  }

  @Test
  void aScalarThatLosesToALeafBelowItIsReported() throws Exception {
    push(edit("{\"o\":{\"a\":1}}", Map.of("o.a", laptop(9)), ZERO));

    Answer answer = push(edit("{\"o\":\"all\"}", Map.of("o", phone(5), "o.a", phone(5)), ZERO));

    assertThat(answer.conflicts()).anyMatch(conflict -> conflict.contains("\"all\""));
  }

  @Test
  void aLeafThatLosesToAScalarWhichIsGoneAgainIsReported() throws Exception {
    HybridTimestamp base = push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO)).clock();
    push(edit("{\"n\":1,\"o\":\"all\"}", Map.of("o", laptop(5)), base));
    push(edit("{\"n\":1,\"o\":{\"c\":2}}", Map.of("o", laptop(9), "o.c", laptop(9)), base));

    Answer answer = push(edit("{\"n\":1,\"o\":{\"a\":3}}", Map.of("o.a", phone(3)), base));

    assertThat(answer.conflicts()).anyMatch(conflict -> conflict.contains("\"field\":\"o.a\""));
    assertThat(milk().get("o")).isEqualTo(JsonText.parse("{\"c\":2}"));
  }

  @Test
  void theWinnerOfAStructuralConflictIsWhatIsStored() throws Exception {
    push(edit("{\"o\":{\"c\":1}}", Map.of("o.c", laptop(9)), ZERO));
    push(edit("{\"o\":{\"b\":2}}", Map.of("o.b", laptop(3)), ZERO));

    Answer answer = push(edit("{\"o\":\"all\"}", Map.of("o", phone(5)), ZERO));

    assertThat(milk().get("o")).isEqualTo(JsonText.parse("{\"c\":1}"));
    assertThat(answer.conflicts())
        .anyMatch(conflict -> conflict.contains("\"winnerValue\":{\"c\":1}"));
  }

  @Test
  void anEditThatLostToADeletionStaysLostWhenItIsRepeatedAfterARevival() throws Exception {
    HybridTimestamp base = push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO)).clock();
    push(delete(laptop(20_000), base));
    Change late = edit("{\"n\":1,\"o\":{\"c\":2}}", Map.of("o.c", phone(10_000)), base);
    push(late);
    push(edit("{\"title\":\"again\"}", Map.of("title", laptop(30_000)), base));
    JsonObject before = milk();

    push(late);

    assertThat(milk()).isEqualTo(before);
  }

  @Test
  void anEchoUnderAServersClockBringsNothingBack() throws Exception {
    HybridTimestamp base = push(edit("{\"o\":{\"a\":1}}", Map.of("o", phone(1)), ZERO)).clock();
    Answer merged = push(edit("{\"o\":{\"b\":2}}", Map.of("o.b", laptop(2), "o", laptop(2)), ZERO));
    HybridTimestamp raised = fieldClock(merged.documents().get(0), "o");
    push(delete(phone(500), base));

    push(edit("{\"o\":{\"a\":1,\"b\":2}}", Map.of("o", raised), merged.clock()));

    assertThat(raised).isGreaterThan(phone(500));
    assertThat(pull(ZERO).documents()).isEmpty();
  }

  @Test
  void anEchoUnderAServersClockDoesNotBeatALaterEdit() throws Exception {
    HybridTimestamp old = push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO)).clock();
    push(edit("{\"title\":{\"x\":1}}", Map.of("title", laptop(2)), old));
    HybridTimestamp seen = pull(ZERO).clock();
    push(edit("{\"n\":1,\"title\":3}", Map.of("title", phone(10)), old));
    HybridTimestamp raised = pull(ZERO).clock(); // an existing client took the title under this
    push(edit("{\"n\":1,\"title\":5}", Map.of("title", phone(500)), seen));

    push(edit("{\"n\":1,\"title\":3}", Map.of("title", raised), raised));

    assertThat(raised).isGreaterThan(phone(500));
    assertThat(milk().get("title")).isEqualTo(JsonText.parse("5"));
  }

  @Test
  void aServersValueUnderAClockTheClientKeptOfItsOwnIsNoEdit() throws Exception {
    push(edit("{\"title\":6}", Map.of("title", laptop(2)), ZERO));
    HybridTimestamp seen = pull(ZERO).clock();
    push(edit("{\"title\":8}", Map.of("title", laptop(500)), seen));

    push(edit("{\"title\":6}", Map.of("title", phone(900)), seen)); // took w6, kept 900

    assertThat(seen).isGreaterThan(phone(900));
    assertThat(milk().get("title")).isEqualTo(JsonText.parse("8"));
  }

  @Test
  void aDocumentThatChangesDuringAPullIsInIt() throws Exception {
    HybridTimestamp base = push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO)).clock();
    push(edit("{\"n\":2}", Map.of("n", phone(2)), base));
    SyncEngine slow =
        new SyncEngine(
            changingBeforeTheFeedIsRead(edit("{\"n\":3}", Map.of("n", phone(3)), base)),
            List.of(new ApplicationDefinition(PLANNER, "", Map.of())),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(wall),
            new SplittableRandom(2),
            EngineObserver.NONE);

    List<String> delivered = new ArrayList<>();
    SyncAnswer answer = slow.sync(PLANNER, ALICE, ALICE, SyncRequest.pull(TASKS, base));
    answer.deliver(document -> delivered.add(document.utf8()));

    assertThat(delivered).hasSize(1).allMatch(document -> document.contains("\"n\":3"));
  }

  /** The store, in which somebody pushes {@code change} just before a feed is read. */
  private StoreBackend changingBeforeTheFeedIsRead(Change change) {
    ApplicationStore store = backend.application(PLANNER);
    ApplicationStore changing =
        (ApplicationStore)
            Proxy.newProxyInstance(
                ApplicationStore.class.getClassLoader(),
                new Class<?>[] {ApplicationStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("feed")) {
                    push(change);
                  }
                  return method.invoke(store, arguments);
                });
    return (StoreBackend)
        Proxy.newProxyInstance(
            StoreBackend.class.getClassLoader(),
            new Class<?>[] {StoreBackend.class},
            (proxy, method, arguments) ->
                method.getName().equals("application")
                    ? changing
                    : method.invoke(backend, arguments));
  }

  @Test
  void anEditThatWasRemovedLaterDoesNotBringADeletedDocumentBack() throws Exception {
    Change first = edit("{\"n\":1}", Map.of("n", phone(50)), ZERO);
    HybridTimestamp base = push(first).clock();
    push(edit("{}", Map.of("n", phone(90)), base));
    push(delete(laptop(95), base));

    push(first);

    assertThat(pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aValueThatReplacedAScalarAndLostToALaterOneIsReportedWithItsPlace() throws Exception {
    push(edit("{\"n\":1}", Map.of("n", laptop(90)), ZERO));

    Answer lost = push(edit("{\"n\":{\"x\":2}}", Map.of("n.x", phone(50), "n", phone(50)), ZERO));

    assertThat(milk().get("n")).isEqualTo(JsonText.parse("1"));
    assertThat(lost.conflicts()).hasSize(1);
    assertThat(lost.conflicts().get(0)).contains("\"localValue\":{\"x\":2}");
  }

  @Test
  void aDeletionOfWhatARestoredServerHasLostStandsAgainstOlderCopies() throws Exception {
    HybridTimestamp lost = new HybridTimestamp(wall, 1, "srv.lost.abcdefgh");
    push(delete(laptop(60), lost));

    push(edit("{\"n\":1}", Map.of("n", phone(50)), lost));

    assertThat(pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aLeafThatARestoredServerDoesNotKnowIsTakenFromWhoHoldsIt() throws Exception {
    push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO));
    HybridTimestamp lost = new HybridTimestamp(wall, 1, "srv.lost.abcdefgh");

    push(edit("{\"n\":1,\"m\":2,\"o\":3}", Map.of("o", phone(60)), lost));

    assertThat(milk().get("m")).isEqualTo(JsonText.parse("2"));
    assertThat(milk().get("o")).isEqualTo(JsonText.parse("3"));
  }

  @Test
  void aValueOfWhichALostServerKnewTheAgeGivesWayToWhoeverStillKnowsIt() throws Exception {
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");
    push(edit("{\"n\":1,\"o\":1}", Map.of("o", laptop(2_000)), lost)); // of n it says no clock

    push(edit("{\"n\":2}", Map.of("n", phone(60)), lost));

    assertThat(milk().get("n")).isEqualTo(JsonText.parse("2"));
  }

  @Test
  void aLeafOfWhichALostServerKnewTheAgeGivesWayInADocumentThatIsThereToo() throws Exception {
    push(edit("{\"o\":1}", Map.of("o", phone(1)), ZERO));
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");
    push(edit("{\"n\":1,\"o\":2}", Map.of("o", laptop(2_000)), lost));

    push(edit("{\"n\":2}", Map.of("n", phone(60)), lost));

    assertThat(milk().get("n")).isEqualTo(JsonText.parse("2"));
  }

  @Test
  void whoSaysAfterARestoreWhenAValueWasWrittenProtectsItFromWhatIsOlder() throws Exception {
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");
    HybridTimestamp now = push(edit("{\"n\":2}", Map.of("o", laptop(2_000)), lost)).clock();
    push(edit("{\"n\":2}", Map.of("n", laptop(60)), now));

    push(edit("{\"n\":1}", Map.of("n", phone(50)), lost));

    assertThat(milk().get("n")).isEqualTo(JsonText.parse("2"));
  }

  @Test
  void aDeviceThatMeetsARestoredServerIsToldWithWhichClockItHasWhatTheDeviceHasToo()
      throws Exception {
    push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO));
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");

    JsonObject told =
        push(edit("{\"n\":2,\"o\":1}", Map.of("o", laptop(2_000)), lost)).documents().get(0);

    assertThat(fieldClock(told, "n")).isEqualTo(phone(1)); // so it knows that its own is later
  }

  @Test
  void whatADeviceHoldsBesidesANewEditIsTakenByAServerThatHasLostIt() throws Exception {
    push(edit("{\"n\":1}", Map.of("n", phone(1)), ZERO));
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");
    Change change = edit("{\"m\":1,\"o\":1}", Map.of("o", laptop(2_000)), ZERO);

    answer(SyncRequest.push(TASKS, lost, List.of(change)));

    assertThat(milk().get("m")).isEqualTo(JsonText.parse("1"));
  }

  @Test
  void aDeletionThatKnewWhatAServerHasLostBeatsIt() throws Exception {
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");
    push(edit("{\"n\":1,\"o\":1}", Map.of("o", laptop(50)), lost));

    push(delete(phone(60), lost));

    assertThat(pull(ZERO).documents()).isEmpty();
  }

  @Test
  void whatTheClientWasToldIsNoEditThoughTheHistoryNoLongerReachesBackToIt() throws Exception {
    HybridTimestamp base =
        push(edit("{\"o\":{\"a\":1,\"b\":1}}", Map.of("o", phone(1)), ZERO)).clock();
    push(edit("{\"o\":{\"a\":2,\"b\":1}}", Map.of("o", laptop(2_000)), base));
    forgetAllBut(7, base);

    Answer answer =
        push(edit("{\"o\":{\"a\":1,\"b\":3}}", Map.of("o", phone(9_000)), base)); // edited o.b

    assertThat(milk().get("o")).isEqualTo(JsonText.parse("{\"a\":2,\"b\":3}"));
    assertThat(answer.conflicts()).isEmpty();
  }

  @Test
  void whatIsMissingUnderAParentsClockIsRemovedThoughTheHistoryNoLongerReachesBack()
      throws Exception {
    HybridTimestamp base =
        push(edit("{\"o\":{\"a\":1,\"b\":1}}", Map.of("o", phone(1)), ZERO)).clock();
    forgetAllBut(8, base);

    push(edit("{\"o\":{\"b\":1}}", Map.of("o", phone(9_000)), base));

    assertThat(milk().get("o")).isEqualTo(JsonText.parse("{\"b\":1}"));
  }

  /** Commits so often after more than the time the history is kept that only these are left. */
  @Test
  void whoAsksForAcknowledgementsIsToldClocksAsTheyAre() throws Exception {
    push(edit("{\"title\":\"milk\"}", Map.of("title", phone(100)), ZERO));
    Change other =
        edit("{\"title\":{\"x\":1},\"n\":1}", Map.of("title.x", laptop(5), "n", laptop(6)), ZERO);
    wall++;
    SyncRequest request =
        new SyncRequest(
            TASKS,
            ZERO,
            List.of(other),
            OptionalInt.empty(),
            OptionalLong.empty(),
            true,
            true,
            true);

    Answer answer = answer(request);

    // should the server be put back, the device gives the title back with the clock it was told
    assertThat(fieldClock(answer.documents().get(0), "title")).isEqualTo(phone(100));
  }

  @Test
  void aValueThatARestoredServerHasLostInBetweenDoesNotBeatTheOneAfterIt() throws Exception {
    push(edit("{\"done\":true}", Map.of("done", phone(100)), ZERO));
    HybridTimestamp lost = new HybridTimestamp(NOW, 1, "srv.lost.abcdefgh");

    push(edit("{\"done\":true}", Map.of("done", phone(300)), lost)); // done again
    push(edit("{\"done\":false}", Map.of("done", phone(200)), lost)); // from a laptop, late

    assertThat(milk().get("done")).isEqualTo(JsonBoolean.TRUE);
  }

  private void forgetAllBut(int commits, HybridTimestamp base) throws Exception {
    wall += Duration.ofDays(31).toMillis();
    for (int i = 1; i <= commits; i++) {
      push(edit("{\"n\":" + i + "}", Map.of("n", laptop(3_000 + i)), base));
    }
  }

  private static HybridTimestamp phone(int millis) {
    return new HybridTimestamp(NOW - 1_000 + millis, 0, "alice-phone");
  }

  private static HybridTimestamp laptop(int millis) {
    return new HybridTimestamp(NOW - 1_000 + millis, 0, "alice-laptop");
  }

  private record Answer(
      HybridTimestamp clock, List<JsonObject> documents, List<String> conflicts) {}

  private static Change edit(
      String fields, Map<String, HybridTimestamp> stamps, HybridTimestamp base)
      throws JsonFormatException {
    return new Change(
        MILK, Optional.of((JsonObject) JsonText.parse(fields)), stamps, base, Optional.empty());
  }

  private static Change delete(HybridTimestamp stamp, HybridTimestamp base) {
    return new Change(MILK, Optional.empty(), Map.of("", stamp), base, Optional.empty());
  }

  private Answer push(DocumentKey key, String fields, Map<String, HybridTimestamp> stamps)
      throws IOException, JsonFormatException {
    return push(
        new Change(
            key, Optional.of((JsonObject) JsonText.parse(fields)), stamps, ZERO, Optional.empty()));
  }

  private Answer push(Change change) throws IOException {
    wall++;
    return answer(SyncRequest.push(TASKS, change.baseClock(), List.of(change)));
  }

  private Answer pull(HybridTimestamp clock) throws IOException {
    return answer(SyncRequest.pull(TASKS, clock));
  }

  private JsonObject milk() throws IOException {
    return pull(ZERO).documents().stream()
        .filter(document -> new JsonString("milk").equals(document.get("_key")))
        .findFirst()
        .orElseThrow();
  }

  private Answer answer(SyncRequest request) throws IOException {
    SyncAnswer answer = engine.sync(PLANNER, ALICE, ALICE, request);
    List<JsonObject> documents = new ArrayList<>();
    PageEnd end =
        answer.deliver(
            document -> {
              try {
                documents.add((JsonObject) JsonText.parse(document.utf8()));
              } catch (JsonFormatException e) {
                throw new AssertionError(e);
              }
            });
    List<String> conflicts =
        answer.conflicts().stream().map(one -> one.conflict().toJson().toString()).toList();
    return new Answer(end.serverClock(), documents, conflicts);
  }

  private static HybridTimestamp fieldClock(JsonObject document, String field) {
    JsonObject clocks = (JsonObject) java.util.Objects.requireNonNull(document.get("_fieldRevs"));
    return HybridTimestamp.parse(
        ((JsonString) java.util.Objects.requireNonNull(clocks.get(field))).value());
  }
}
