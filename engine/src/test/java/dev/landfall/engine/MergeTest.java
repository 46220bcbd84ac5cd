package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonString;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import dev.landfall.engine.sync.Change;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merging through the engine: traps T15 to T42 of the protocol. */
class MergeTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "phone");
  private static final HybridTimestamp T2 = at(2_000, "laptop");
  private static final HybridTimestamp T3 = at(3_000, "phone");
  private static final HybridTimestamp T4 = at(4_000, "laptop");

  private final TestServer server = new TestServer();

  private HybridTimestamp create(String document, Map<String, HybridTimestamp> stamps) {
    Answer created = server.push(ZERO, edit("plan", document, stamps, ZERO));
    server.millis += 500;
    return created.clock();
  }

  private Answer push(String document, String field, HybridTimestamp edit, HybridTimestamp base) {
    return server.push(base, edit("plan", document, Map.of(field, edit), base));
  }

  private Object stored() {
    return server.pull(ZERO).fields("plan");
  }

  @Test
  void editsOfDifferentFieldsBothStay() {
    HybridTimestamp base = create("{'a':1,'b':1}", Map.of("a", T1, "b", T1));

    push("{'a':2,'b':1}", "a", T2, base);
    Answer second = push("{'a':1,'b':2}", "b", T3, base);

    assertThat(stored()).isEqualTo(json("{'a':2,'b':2}"));
    assertThat(second.conflicts()).isEmpty();
    assertThat(second.fields("plan")).isEqualTo(json("{'a':2,'b':2}"));
  }

  @Test
  void theLaterOfTwoConcurrentEditsWinsInWhateverOrderTheyArrive() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));

    push("{'a':'late'}", "a", T3, base);
    Answer loser = push("{'a':'early'}", "a", T2, base);

    assertThat(stored()).isEqualTo(json("{'a':'late'}"));
    assertThat(loser.conflicts())
        .containsExactly(
            new Conflict(
                "a",
                T2,
                T3,
                new JsonString("early"),
                new JsonString("late"),
                Winner.REMOTE,
                new JsonString("late"),
                java.util.Optional.empty()));
    assertThat(loser.fields("plan")).isEqualTo(json("{'a':'late'}"));
  }

  @Test
  void anEditMadeOfflineLongAgoIsStillAConflictWhenItArrivesLate() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    push("{'a':'theirs'}", "a", T4, base);

    Answer late = push("{'a':'offline'}", "a", T2, base);
    Answer knowing = push("{'a':'knowing'}", "a", at(9_000, "tablet"), late.clock());

    assertThat(late.conflicts()).hasSize(1);
    assertThat(knowing.conflicts()).isEmpty();
  }

  @Test
  void aLostEditChangesNoRevisionAndIsKeptInTheHistory() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    Answer winner = push("{'a':'late'}", "a", T4, base);

    Answer loser = push("{'a':'early'}", "a", T2, base);

    assertThat(loser.revision("plan")).isEqualTo(winner.revision("plan"));
    VersionPage versions =
        server
            .engine()
            .history(
                TestServer.TODO,
                TestServer.ALICE,
                TestServer.ALICE,
                TestServer.id("plan"),
                java.util.Optional.empty(),
                10);
    assertThat(versions.versions().get(0).conflicts().get(0).get("localValue"))
        .isEqualTo(new JsonString("early"));
  }

  @Test
  void aTieGoesToTheClient() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    push("{'a':'x'}", "a", T2, base);

    Answer tie = push("{'a':'y'}", "a", T2, base);

    assertThat(stored()).isEqualTo(json("{'a':'y'}"));
    assertThat(tie.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
  }

  @Test
  void aRetryDoesNotFlipATie() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    push("{'a':'x'}", "a", T2, base);
    push("{'a':'y'}", "a", T2, base);

    push("{'a':'x'}", "a", T2, base);

    assertThat(stored()).isEqualTo(json("{'a':'y'}"));
  }

  @Test
  void theSamePushAgainChangesNothingAndReportsNothing() {
    HybridTimestamp base = create("{'n':'one\\ntwo\\nthree\\nfour'}", Map.of("n", T1));
    push("{'n':'ONE\\ntwo\\nthree\\nfour'}", "n", T2, base);
    Answer merged = push("{'n':'one\\ntwo\\nthree\\nFOUR'}", "n", T3, base);

    Answer again = push("{'n':'one\\ntwo\\nthree\\nFOUR'}", "n", T3, base);

    assertThat(merged.conflicts()).hasSize(1);
    assertThat(again.conflicts()).isEmpty();
    assertThat(again.revision("plan")).isEqualTo(merged.revision("plan"));
    assertThat(again.fields("plan")).isEqualTo(json("{'n':'ONE\\ntwo\\nthree\\nFOUR'}"));
  }

  @Test
  void aStaleDuplicateDoesNotBringBackWhatWasRemovedSince() {
    HybridTimestamp base = create("{'n':'one\\ntwo\\nthree\\nfour'}", Map.of("n", T1));
    push("{'n':'ONE\\ntwo\\nthree\\nfour'}", "n", T2, base);
    Answer merged = push("{'n':'one\\ntwo\\nthree\\nFOUR'}", "n", T3, base);
    push("{'n':'ONE\\ntwo\\nthree'}", "n", at(5_000, "laptop"), merged.clock());

    push("{'n':'one\\ntwo\\nthree\\nFOUR'}", "n", T3, base);

    assertThat(stored()).isEqualTo(json("{'n':'ONE\\ntwo\\nthree'}"));
  }

  @Test
  void textsMergeLineByLineAndTheResultHasTheCommitClock() {
    HybridTimestamp base = create("{'n':'one\\ntwo\\nthree\\nfour'}", Map.of("n", T1));
    push("{'n':'ONE\\ntwo\\nthree\\nfour'}", "n", T2, base);

    Answer merged = push("{'n':'one\\ntwo\\nthree\\nFOUR'}", "n", T3, base);

    assertThat(stored()).isEqualTo(json("{'n':'ONE\\ntwo\\nthree\\nFOUR'}"));
    assertThat(merged.conflicts().get(0).winner()).isEqualTo(Winner.AUTO_MERGED);
    assertThat(merged.conflicts().get(0).strategy()).contains("text-auto-merged");
    assertThat(merged.fieldClock("plan", "n")).isEqualTo(merged.revision("plan"));
  }

  @Test
  void clearingATextIsNeverAutoMerged() {
    HybridTimestamp base = create("{'n':'one\\ntwo'}", Map.of("n", T1));
    push("{'n':'one\\ntwo\\nthree'}", "n", T2, base);

    Answer cleared = push("{'n':''}", "n", T3, base);

    assertThat(stored()).isEqualTo(json("{'n':''}"));
    assertThat(cleared.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
  }

  @Test
  void withoutAKnownBaseTextsDoNotMerge() {
    create("{'n':'one\\ntwo\\nthree'}", Map.of("n", T1));

    Answer other = push("{'n':'four'}", "n", T2, ZERO);

    assertThat(other.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
    assertThat(stored()).isEqualTo(json("{'n':'four'}"));
  }

  @Test
  void aClientThatSendsItsBaseHelpsOutWhereHistoryEnds() {
    create("{'n':'one\\ntwo\\nthree\\nfour'}", Map.of("n", T1));
    HybridTimestamp lost = at(-100, "srv.gone");
    Change change =
        new Change(
            new dev.landfall.api.DocumentKey("plan"),
            java.util.Optional.of(json("{'n':'ONE\\ntwo\\nthree\\nfour'}")),
            Map.of("n", T2),
            new HybridTimestamp(lost.millis(), 0, "srv.gone00000.x"),
            java.util.Optional.of(json("{'n':'one\\ntwo\\nthree\\nfive'}")));

    Answer answer = server.push(ZERO, change);

    assertThat(answer.fields("plan")).isEqualTo(json("{'n':'ONE\\ntwo\\nthree\\nfour'}"));
  }

  @Test
  void aSecondEditOfTheSameDeviceMergesFromItsFirst() {
    HybridTimestamp base = create("{'n':'a\\nb\\nc\\nd\\ne'}", Map.of("n", T1));
    push("{'n':'A\\nb\\nc\\nd\\ne'}", "n", T2, base);
    push("{'n':'a\\nb\\nc\\nd\\nE'}", "n", T3, base);

    push("{'n':'a\\nb\\nc\\nd\\nEE'}", "n", at(5_000, "phone"), base);

    assertThat(stored()).isEqualTo(json("{'n':'A\\nb\\nc\\nd\\nEE'}"));
  }

  @Test
  void aTopLevelClockDoesNotRemoveWhatAnotherDeviceAdded() {
    HybridTimestamp base = create("{'days':{'d1':1}}", Map.of("days", T1));
    server.push(base, edit("plan", "{'days':{'d1':1,'d3':3}}", Map.of("days.d3", T3), base));

    Answer coarse = push("{'days':{'d1':1,'d2':2}}", "days", T2, base);

    assertThat(stored()).isEqualTo(json("{'days':{'d1':1,'d2':2,'d3':3}}"));
    assertThat(coarse.conflicts()).isEmpty();
  }

  @Test
  void aTopLevelClockRemovesWhatTheClientHadAndRemoved() {
    HybridTimestamp base = create("{'days':{'d1':1,'d2':2}}", Map.of("days", T1));

    push("{'days':{'d1':1}}", "days", T3, base);

    assertThat(stored()).isEqualTo(json("{'days':{'d1':1}}"));
  }

  @Test
  void twoDevicesThatCreateTheSameDocumentLoseNeitherSidesFields() {
    create("{'o':{'a':1}}", Map.of("o", T1));

    push("{'o':{'b':2}}", "o", T2, ZERO);

    assertThat(stored()).isEqualTo(json("{'o':{'a':1,'b':2}}"));
  }

  @Test
  void aNewerClockAboveALeafCountsMoreThanAnOlderOneAtIt() {
    HybridTimestamp base = create("{'o':{'a':1}}", Map.of("o", T1));

    server.push(base, edit("plan", "{'o':{'a':2}}", Map.of("o.a", T1, "o", T3), base));

    assertThat(stored()).isEqualTo(json("{'o':{'a':2}}"));
  }

  @Test
  void aTopLevelObjectComesWithAClockThatMakesTheClientTakeIt() {
    HybridTimestamp base = create("{'o':{'a':1,'b':1}}", Map.of("o", T1));
    server.push(base, edit("plan", "{'o':{'a':2,'b':1}}", Map.of("o", T2), base));

    Answer merged = push("{'o':{'a':1,'b':2}}", "o", T3, base);

    assertThat(merged.fields("plan")).isEqualTo(json("{'o':{'a':2,'b':2}}"));
    assertThat(merged.fieldClock("plan", "o")).isGreaterThan(T3);
  }

  @Test
  void existingClientsStampRawNames() {
    HybridTimestamp base = create("{'a.b':1,'100%':1}", Map.of("a.b", T1, "100%", T1));

    Answer raw =
        server.push(base, edit("plan", "{'a.b':2,'100%':2}", Map.of("a.b", T2, "100%", T2), base));

    assertThat(stored()).isEqualTo(json("{'a.b':2,'100%':2}"));
    assertThat(raw.fieldClock("plan", "a%2Eb")).isEqualTo(T2);
    assertThat(raw.fieldClock("plan", "a.b")).isEqualTo(T2);
  }

  @Test
  void aRemovedFieldIsNotBroughtBackByAnOlderEdit() {
    HybridTimestamp base = create("{'x':1,'y':1}", Map.of("x", T1, "y", T1));
    push("{'x':1}", "y", T3, base);
    push("{'x':2}", "x", at(5_000, "laptop"), base);

    Answer older = push("{'x':1,'y':2}", "y", T2, base);

    assertThat(stored()).isEqualTo(json("{'x':2}"));
    assertThat(older.conflicts().get(0).field()).isEqualTo("y");
    assertThat(older.fieldClock("plan", "y")).isEqualTo(T3);
  }

  @Test
  void aClockWithoutAValueIsARemovalEvenOfWhatWasNeverKnown() {
    HybridTimestamp base = create("{'x':1}", Map.of("x", T1));
    push("{'x':1}", "y", T3, base);

    push("{'x':1,'y':'late duplicate'}", "y", T2, base);

    assertThat(stored()).isEqualTo(json("{'x':1}"));
  }

  @Test
  void aLaterRemovalOfARemovedFieldCounts() {
    HybridTimestamp base = create("{'x':1,'y':1}", Map.of("x", T1, "y", T1));
    push("{'x':1}", "y", T2, base);
    Answer raised = push("{'x':1}", "y", T4, base);

    push("{'x':1,'y':'between'}", "y", T3, base);

    assertThat(stored()).isEqualTo(json("{'x':1}"));
    assertThat(raised.conflicts()).isEmpty();
  }

  @Test
  void aRemovalWinsATie() {
    HybridTimestamp base = create("{'x':1,'y':1}", Map.of("x", T1, "y", T1));
    push("{'x':1}", "y", T2, base);

    push("{'x':1,'y':2}", "y", T2, base);

    assertThat(stored()).isEqualTo(json("{'x':1}"));
  }

  @Test
  void nullIsAValueAndNotAbsence() {
    HybridTimestamp base = create("{'x':1}", Map.of("x", T1));

    push("{'x':null}", "x", T2, base);

    assertThat(server.pull(ZERO).fields("plan").get("x")).isEqualTo(JsonNull.NULL);
  }

  @Test
  void numbersThatAreEqualAreNoEdit() {
    HybridTimestamp base = create("{'x':1}", Map.of("x", T1));

    Answer same = push("{'x':1.0}", "x", T2, base);

    assertThat(same.documents()).isEmpty();
  }

  @Test
  void arraysAreOneValue() {
    HybridTimestamp base = create("{'l':[1]}", Map.of("l", T1));
    push("{'l':[1,2]}", "l", T2, base);

    Answer other = push("{'l':[1,3]}", "l", T3, base);

    assertThat(stored()).isEqualTo(json("{'l':[1,3]}"));
    assertThat(other.conflicts()).hasSize(1);
  }

  @Test
  void anObjectAgainstAScalarIsWonWholeByTheLater() {
    HybridTimestamp base = create("{'x':1}", Map.of("x", T1));
    push("{'x':1,'meta':{'a':1}}", "meta", T3, base);

    Answer scalar = push("{'x':1,'meta':'text'}", "meta", T2, base);

    assertThat(stored()).isEqualTo(json("{'x':1,'meta':{'a':1}}"));
    assertThat(scalar.conflicts()).hasSize(1);
    assertThat(scalar.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);

    push("{'x':1,'meta':'other'}", "meta", T4, base);

    assertThat(stored()).isEqualTo(json("{'x':1,'meta':'other'}"));
  }

  @Test
  void aScalarBecomesAnObject() {
    HybridTimestamp base = create("{'meta':'text'}", Map.of("meta", T1));

    push("{'meta':{'a':1}}", "meta", T2, base);

    assertThat(stored()).isEqualTo(json("{'meta':{'a':1}}"));
  }

  @Test
  void anEmptyObjectIsAValueAndAnEmptiedOneDisappears() {
    HybridTimestamp base = create("{'o':{},'p':{'a':1}}", Map.of("o", T1, "p", T1));

    server.push(base, edit("plan", "{'o':{}}", Map.of("p.a", T2), base));

    assertThat(stored()).isEqualTo(json("{'o':{}}"));
  }

  @Test
  void namesThatAreEscapesOrReservedElsewhereAreData() {
    String document =
        "{'a.b':1,'a%2Eb':2,'$where':3,'__proto':4,'constructor':5,'':6,'o':{'__proto__':7,'_x':8}}";
    server.push(ZERO, edit("plan", document, Map.of(), ZERO));

    assertThat(stored())
        .isEqualTo(
            json("{'a.b':1,'a%2Eb':2,'$where':3,'constructor':5,'':6,'o':{'__proto__':7,'_x':8}}"));
  }

  @Test
  void aLeafWithoutAClockIsNotEdited() {
    HybridTimestamp base = create("{'a':1,'b':1}", Map.of("a", T1, "b", T1));

    Answer answer = push("{'a':2,'b':2}", "a", T2, base);

    assertThat(stored()).isEqualTo(json("{'a':2,'b':1}"));
    assertThat(answer.fields("plan")).isEqualTo(json("{'a':2,'b':1}"));
  }

  @Test
  void aNewDocumentIsStoredWholeAndLeavesWithoutAClockGetTheCommitClock() {
    Answer created = server.push(ZERO, edit("plan", "{'a':1,'b':1}", Map.of("a", T1), ZERO));

    assertThat(created.fieldClock("plan", "a")).isEqualTo(T1);
    assertThat(created.fieldClock("plan", "b")).isEqualTo(created.revision("plan"));
  }

  @Test
  void aValueStampedAgainAfterALostAnswerCountsAsTheOldWrite() {
    HybridTimestamp base = create("{'a':0,'b':0}", Map.of("a", T1, "b", T1));
    HybridTimestamp first = at(2_000, "phone");
    push("{'a':'A','b':0}", "a", first, base);
    push("{'a':'B','b':0}", "a", at(2_500, "laptop"), base);

    server.push(
        base,
        edit(
            "plan",
            "{'a':'A','b':1}",
            Map.of("a", at(3_000, "phone"), "b", at(3_000, "phone")),
            base));

    assertThat(stored()).isEqualTo(json("{'a':'B','b':1}"));
  }

  @Test
  void aValueThatItsDeviceHadLeftAndCameBackToIsANewEdit() {
    HybridTimestamp base = create("{'a':0}", Map.of("a", T1));
    push("{'a':'A'}", "a", at(2_000, "phone"), base);
    push("{'a':'left'}", "a", at(2_200, "phone"), base);
    push("{'a':'B'}", "a", at(2_500, "laptop"), base);

    push("{'a':'A'}", "a", at(3_000, "phone"), base);

    assertThat(stored()).isEqualTo(json("{'a':'A'}"));
  }

  @Test
  void anEditInFlightWhenTheServerClockPassedItStillCounts() {
    create("{'a':1}", Map.of("a", T1));
    server.millis += 60_000;
    Answer other = push("{'a':1,'b':1}", "b", at(50_000, "laptop"), ZERO);
    HybridTimestamp inFlight = at(55_000, "phone");

    push("{'a':'typed meanwhile','b':1}", "a", inFlight, other.clock());

    assertThat(inFlight).isLessThan(other.clock());
    assertThat(stored()).isEqualTo(json("{'a':'typed meanwhile','b':1}"));
  }

  @Test
  void oneChangeOfARequestSeesTheOneBefore() {
    Answer twice =
        server.push(
            ZERO,
            edit("plan", "{'a':1}", Map.of("a", T1), ZERO),
            edit("plan", "{'a':1,'b':2}", Map.of("b", T2), ZERO));

    assertThat(twice.fields("plan")).isEqualTo(json("{'a':1,'b':2}"));
  }

  @Test
  void configuredStrategiesMergeSetsCountersAndBounds() {
    Map<LeafPath, MergeStrategy> strategies = new LinkedHashMap<>();
    strategies.put(new LeafPath("tags"), MergeStrategy.SET);
    strategies.put(new LeafPath("items.*.count"), MergeStrategy.COUNTER);
    strategies.put(new LeafPath("high"), MergeStrategy.MAX);
    strategies.put(new LeafPath("low"), MergeStrategy.MIN);
    strategies.put(new LeafPath("note"), MergeStrategy.LWW);
    TestServer configured =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(DocumentSchema.NONE, new MergeStrategies(strategies)));
    String start =
        "{'tags':['a','b'],'items':{'x':{'count':5}},'high':5,'low':5,'note':'1\\n2\\n3'}";
    Answer created =
        configured.push(
            ZERO,
            edit(
                "plan",
                start,
                Map.of("tags", T1, "items", T1, "high", T1, "low", T1, "note", T1),
                ZERO));
    HybridTimestamp base = created.clock();
    Map<String, HybridTimestamp> theirs =
        Map.of("tags", T2, "items", T2, "high", T2, "low", T2, "note", T2);
    Map<String, HybridTimestamp> ours =
        Map.of("tags", T3, "items", T3, "high", T3, "low", T3, "note", T3);
    configured.push(
        base,
        edit(
            "plan",
            "{'tags':['b','c'],'items':{'x':{'count':7}},'high':9,'low':4,'note':'one\\n2\\n3'}",
            theirs,
            base));

    Answer merged =
        configured.push(
            base,
            edit(
                "plan",
                "{'tags':['a','b','d'],'items':{'x':{'count':6}},'high':7,'low':3,'note':'1\\n2\\nthree'}",
                ours,
                base));

    assertThat(merged.fields("plan"))
        .isEqualTo(
            json(
                "{'tags':['b','c','d'],'items':{'x':{'count':8}},'high':9,'low':3,'note':'1\\n2\\nthree'}"));
    assertThat(merged.conflicts().stream().map(conflict -> conflict.strategy().orElse("")))
        .containsExactlyInAnyOrder("set", "counter", "max", "min", "");
  }

  private static TestServer configured(String path, MergeStrategy strategy) {
    return new TestServer(
        SyncSettings.DEFAULT,
        new CollectionDefinition(
            DocumentSchema.NONE, new MergeStrategies(Map.of(new LeafPath(path), strategy))));
  }

  @Test
  void anEarlierEditThatWonByItsStrategyIsKnownWhenItsRequestComesAgain() {
    TestServer bounds = configured("high", MergeStrategy.MAX);
    HybridTimestamp base =
        bounds.push(ZERO, edit("plan", "{'high':5}", Map.of("high", T1), ZERO)).clock();
    bounds.push(base, edit("plan", "{'high':6}", Map.of("high", at(2_500, "laptop")), base));
    Change phone = edit("plan", "{'high':9}", Map.of("high", at(2_000, "phone")), base);
    HybridTimestamp seen = bounds.push(base, phone).clock();
    bounds.push(seen, edit("plan", "{'high':2}", Map.of("high", at(9_000, "laptop")), seen));

    bounds.push(base, phone);

    assertThat(bounds.pull(ZERO).fields("plan")).isEqualTo(json("{'high':2}"));
  }

  @Test
  void anEarlierEditToTheSameValueIsKnownWhenItsRequestComesAgain() {
    TestServer sets = configured("tags", MergeStrategy.SET);
    HybridTimestamp base =
        sets.push(ZERO, edit("plan", "{'tags':['a']}", Map.of("tags", T1), ZERO)).clock();
    sets.push(base, edit("plan", "{'tags':['a','b']}", Map.of("tags", at(2_500, "laptop")), base));
    Change phone = edit("plan", "{'tags':['a','b']}", Map.of("tags", at(2_000, "phone")), base);
    HybridTimestamp seen = sets.push(base, phone).clock();
    sets.push(seen, edit("plan", "{'tags':['a']}", Map.of("tags", at(9_000, "laptop")), seen));

    sets.push(base, phone);

    assertThat(sets.pull(ZERO).fields("plan")).isEqualTo(json("{'tags':['a']}"));
  }

  @Test
  void theEditsThatCameWithARevivalAreKnownWhenItsRequestComesAgain() {
    TestServer counters = configured("n", MergeStrategy.COUNTER);
    HybridTimestamp base =
        counters.push(ZERO, edit("plan", "{'n':3,'x':1}", Map.of("n", T1, "x", T1), ZERO)).clock();
    counters.push(base, TestServer.delete("plan", at(2_500, "laptop"), base));
    Change phone =
        edit(
            "plan",
            "{'n':5,'x':2}",
            Map.of("n", at(2_000, "phone"), "x", at(3_000, "phone")),
            base);
    HybridTimestamp seen = counters.push(base, phone).clock();
    counters.push(seen, edit("plan", "{'n':6,'x':2}", Map.of("n", at(9_000, "laptop")), seen));

    counters.push(base, phone);

    assertThat(counters.pull(ZERO).fields("plan")).isEqualTo(json("{'n':6,'x':2}"));
  }

  @Test
  void aLostValueStampedAgainWithoutHearingOfTheLossStaysLostAndIsReported() {
    HybridTimestamp base = create("{'x':1,'y':1}", Map.of("x", T1, "y", T1));
    push("{'x':1}", "y", T3, base);
    push("{'x':1,'y':9}", "y", T2, base);

    Answer again = push("{'x':1,'y':9}", "y", T4, base);
    Answer knowing = push("{'x':1,'y':9}", "y", at(9_000, "laptop"), again.clock());

    assertThat(again.conflicts()).hasSize(1);
    assertThat(again.fields("plan")).isEqualTo(json("{'x':1}"));
    assertThat(knowing.conflicts()).isEmpty();
    assertThat(stored()).isEqualTo(json("{'x':1,'y':9}"));
  }

  @Test
  void anEditToTheSameValueDoesNotComeBackWhenItIsRepeatedLater() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    push("{'a':1}", "a", T3, base);
    push("{'a':2}", "a", T4, base);

    Answer again = push("{'a':1}", "a", T3, base);

    assertThat(stored()).isEqualTo(json("{'a':2}"));
    assertThat(again.fields("plan")).isEqualTo(json("{'a':2}"));
  }

  @Test
  void anEditToTheSameValueStandsAgainstAnEarlierOneThatArrivesLater() {
    HybridTimestamp base = create("{'a':1}", Map.of("a", T1));
    HybridTimestamp revision = server.pull(ZERO).revision("plan");
    push("{'a':1}", "a", at(9_000, "laptop"), base);

    Answer earlier = push("{'a':2}", "a", T4, base);

    assertThat(stored()).isEqualTo(json("{'a':1}"));
    assertThat(earlier.revision("plan")).isEqualTo(revision);
    assertThat(earlier.conflicts()).hasSize(1);
    assertThat(earlier.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
  }

  @Test
  void aCounterCountsARepeatedDeviceOnce() {
    TestServer configured =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(
                DocumentSchema.NONE,
                new MergeStrategies(Map.of(new LeafPath("n"), MergeStrategy.COUNTER))));
    HybridTimestamp base =
        configured.push(ZERO, edit("plan", "{'n':0}", Map.of("n", at(0, "tablet")), ZERO)).clock();
    configured.push(base, edit("plan", "{'n':1}", Map.of("n", T1), base));
    configured.push(base, edit("plan", "{'n':1}", Map.of("n", T2), base));

    configured.push(base, edit("plan", "{'n':2}", Map.of("n", T3), base));
    configured.push(base, edit("plan", "{'n':2}", Map.of("n", T3), base));

    assertThat(configured.pull(ZERO).fields("plan")).isEqualTo(json("{'n':3}"));
  }

  @Test
  void aCounterThatADeviceTakesBackAndForthCountsEveryStep() {
    TestServer configured =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(
                DocumentSchema.NONE,
                new MergeStrategies(Map.of(new LeafPath("n"), MergeStrategy.COUNTER))));
    HybridTimestamp base =
        configured.push(ZERO, edit("plan", "{'n':7}", Map.of("n", at(0, "tablet")), ZERO)).clock();
    configured.push(base, edit("plan", "{'n':10}", Map.of("n", at(1_000, "phone")), base));
    configured.push(base, edit("plan", "{'n':12}", Map.of("n", at(1_500, "laptop")), base));
    configured.push(base, edit("plan", "{'n':8}", Map.of("n", at(2_000, "phone")), base));

    configured.push(base, edit("plan", "{'n':10}", Map.of("n", at(3_000, "phone")), base));

    assertThat(configured.pull(ZERO).fields("plan")).isEqualTo(json("{'n':15}"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatALaterEditOfTheSameDeviceHasOvertakenIsInItAlready(boolean somebodyElseToo) {
    TestServer configured =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(
                DocumentSchema.NONE,
                new MergeStrategies(
                    Map.of(
                        new LeafPath("n"), MergeStrategy.COUNTER,
                        new LeafPath("tags"), MergeStrategy.SET))));
    HybridTimestamp first = at(0, "tablet");
    HybridTimestamp base =
        configured
            .push(
                ZERO,
                edit(
                    "plan",
                    "{'n':21,'text':'a','tags':['a']}",
                    Map.of("n", first, "text", first, "tags", first),
                    ZERO))
            .clock();
    if (somebodyElseToo) {
      configured.push(base, edit("plan", "{'n':31}", Map.of("n", at(1_000, "laptop")), base));
    }
    HybridTimestamp early = at(5_000, "phone");
    HybridTimestamp late = at(9_000, "phone");
    Change second =
        edit(
            "plan",
            "{'n':26,'text':'a\\nb\\nc','tags':['a','c']}",
            Map.of("n", late, "text", late, "tags", late),
            base);
    configured.push(base, second);

    configured.push(
        base,
        edit(
            "plan",
            "{'n':25,'text':'a\\nb','tags':['a','b']}",
            Map.of("n", early, "text", early, "tags", early),
            base));
    configured.push(base, second);

    int counted = somebodyElseToo ? 36 : 26;
    assertThat(configured.pull(ZERO).fields("plan"))
        .isEqualTo(json("{'n':" + counted + ",'text':'a\\nb\\nc','tags':['a','c']}"));
  }

  @Test
  void twoValidCopiesThatMergeIntoAnInvalidDocumentLeaveTheLaterWhole() {
    DocumentSchema notBoth =
        document ->
            document.get("a") != null && document.get("b") != null
                ? List.of(new DocumentSchema.Violation("b", "not with a"))
                : List.of();
    TestServer configured =
        new TestServer(
            SyncSettings.DEFAULT, new CollectionDefinition(notBoth, MergeStrategies.NONE));
    HybridTimestamp base =
        configured.push(ZERO, edit("plan", "{'x':1}", Map.of("x", T1), ZERO)).clock();
    configured.push(base, edit("plan", "{'x':1,'a':1}", Map.of("a", T2), base));

    Answer later = configured.push(base, edit("plan", "{'x':1,'b':1}", Map.of("b", T3), base));
    Answer earlier =
        configured.push(base, edit("plan", "{'x':1,'a':2}", Map.of("a", at(1_500, "tv")), base));

    assertThat(later.fields("plan")).isEqualTo(json("{'x':1,'b':1}"));
    assertThat(later.conflicts()).isNotEmpty();
    assertThat(earlier.fields("plan")).isEqualTo(json("{'x':1,'b':1}"));
    assertThat(earlier.conflicts()).isNotEmpty();
  }
}
