package dev.landfall.client.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The state machine, one transition at a time. */
class ReplicaTest {
  private static final long NOW = 1_764_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final long MAX_DRIFT = 300_000;
  private static final Batch ALL = Batch.of(100);
  private static final DocumentAddress MILK = DocumentAddress.own("milk");
  private static final DocumentAddress BREAD = DocumentAddress.own("bread");

  private Map<DocumentAddress, String> rows = new LinkedHashMap<>();
  private String state = JsonText.print(ReplicaJson.of(ReplicaState.fresh("phone")));
  private Replica replica = reloaded();

  private Replica reloaded() {
    try {
      Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
      for (Map.Entry<DocumentAddress, String> row : rows.entrySet()) {
        copies.put(row.getKey(), ReplicaJson.copy((JsonObject) JsonText.parse(row.getValue())));
      }
      return new Replica(ReplicaJson.state((JsonObject) JsonText.parse(state)), copies, List.of());
    } catch (dev.landfall.api.json.JsonFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(Step step) {
    if (step.saves()) {
      step.copies()
          .forEach(
              (address, copy) ->
                  copy.ifPresentOrElse(
                      one -> rows.put(address, JsonText.print(ReplicaJson.of(one))),
                      () -> rows.remove(address)));
      state = JsonText.print(ReplicaJson.of(step.state()));
    }
    replica.install(step);
  }

  private void edit(DocumentAddress address, String title, long wallMillis) {
    JsonObject document = JsonObject.builder().put("title", title).build();
    Map<dev.landfall.engine.document.LeafPath, dev.landfall.api.json.JsonValue> before =
        replica.copy(address).flatMap(Copy::document).map(Leaves::of).orElse(Map.of());
    take(
        replica.edit(
            Map.of(address, LocalChange.between(before, Leaves.of(document))), wallMillis));
  }

  private List<Outgoing.Change> request() {
    take(replica.send(ALL));
    return replica.outgoing(ALL).changes();
  }

  private static HybridTimestamp server(long millis) {
    return new HybridTimestamp(millis, 0, "server");
  }

  private static Reply reply(
      HybridTimestamp clock, Map<DocumentAddress, HybridTimestamp> acks, Reply.Told... told) {
    return new Reply(
        clock,
        List.of(told),
        acks,
        List.of(),
        List.of(),
        false,
        Resync.NONE,
        OptionalLong.empty(),
        List.of());
  }

  private static Reply.Told told(DocumentAddress address, HybridTimestamp clock, String title) {
    JsonObject fields = JsonObject.builder().put("title", title).build();
    return new Reply.Told(address, clock, Reply.Fate.LIVE, fields, LeafClocks.all(clock));
  }

  @Test
  void whatMayHaveBeenStoredBeforeACrashKeepsItsClockWhenTheClockIsCorrected() {
    edit(MILK, "Milk", NOW);
    HybridTimestamp sent = request().get(0).clocks().get("title");
    replica = reloaded(); // the device died before there was an answer
    edit(BREAD, "Bread", NOW + HOUR); // and its clock is an hour ahead now

    take(replica.drifted(NOW, MAX_DRIFT, NOW + HOUR));

    Outgoing.Change again = request().get(0);
    assertThat(again.address()).isEqualTo(MILK);
    assertThat(again.clocks()).containsEntry("title", sent);
    take(replica.receive(reply(server(NOW + 1), Map.of(MILK, server(NOW + 1))), NOW + 1, NOW + 1));
    Outgoing.Change next = request().get(0);
    assertThat(next.address()).isEqualTo(BREAD);
    assertThat(next.clocks().get("title")).isGreaterThan(sent);
    assertThat(next.clocks().get("title").millis()).isLessThanOrEqualTo(NOW + MAX_DRIFT);
  }

  @Test
  void whatIsTooFarAheadIsStampedAgainInOrderAlsoIfItHadBeenSent() {
    DocumentAddress salt = DocumentAddress.own("salt");
    edit(salt, "Salt", NOW + HOUR);
    edit(MILK, "Milk", NOW + HOUR);
    request();
    take(replica.failed());
    edit(BREAD, "Bread", NOW + HOUR + 1);
    edit(MILK, "Oat milk", NOW + HOUR + 2);

    take(replica.drifted(NOW, MAX_DRIFT, NOW + HOUR + 3));

    Map<DocumentAddress, HybridTimestamp> clocks = new LinkedHashMap<>();
    request().forEach(change -> clocks.put(change.address(), change.clocks().get("title")));
    assertThat(clocks.get(salt)).isLessThan(clocks.get(BREAD));
    assertThat(clocks.get(BREAD)).isLessThan(clocks.get(MILK));
    assertThat(clocks.get(MILK).millis()).isLessThanOrEqualTo(NOW + MAX_DRIFT);
  }

  @Test
  void aDeletionGoesBeforeWhatWasMadeAfterwardsInOneRequestOrInTwo() {
    take(replica.send(ALL));
    replica.outgoing(ALL);
    take(replica.receive(reply(server(NOW), Map.of(), told(MILK, server(NOW), "Milk")), NOW, NOW));
    take(replica.edit(Map.of(MILK, LocalChange.DELETION), NOW + 1));
    edit(MILK, "Oat milk", NOW + 2);

    List<Outgoing.Change> all = request();
    take(replica.notStored());
    Batch one = Batch.of(1);
    take(replica.send(one));
    List<Outgoing.Change> first = replica.outgoing(one).changes();
    take(replica.receive(reply(server(NOW + 3), Map.of(MILK, server(NOW + 3))), NOW + 3, NOW + 3));
    List<Outgoing.Change> second = request();

    assertThat(all).hasSize(2);
    assertThat(first).containsExactly(all.get(0));
    assertThat(second).containsExactly(all.get(1));
    assertThat(first.get(0).document()).isEmpty();
    assertThat(first.get(0).clocks()).containsOnlyKeys("");
    assertThat(second.get(0).document())
        .contains(JsonObject.builder().put("title", "Oat milk").build());
    assertThat(second.get(0).clocks().get("title")).isGreaterThan(first.get(0).clocks().get(""));
  }

  @Test
  void newsOfADocumentWhoseEditIsHeldBackDoesNotTakeTheEditAway() {
    edit(MILK, "Milk", NOW);
    request();
    take(replica.failed());
    Batch without = new Batch(100, Long.MAX_VALUE, Set.of(MILK));
    take(replica.send(without));
    assertThat(replica.outgoing(without).changes()).isEmpty();

    JsonObject fields = JsonObject.builder().put("note", "two litres").build();
    Reply.Told news =
        new Reply.Told(
            MILK, server(NOW + 1), Reply.Fate.LIVE, fields, LeafClocks.all(server(NOW + 1)));
    take(replica.receive(reply(server(NOW + 1), Map.of(), news), NOW + 1, NOW + 1));

    assertThat(replica.copy(MILK).flatMap(Copy::document))
        .contains(JsonObject.builder().put("note", "two litres").put("title", "Milk").build());
    assertThat(request()).hasSize(1);
  }

  private void editLeaf(DocumentAddress address, String path, JsonValue value, long wallMillis) {
    LocalChange change =
        new LocalChange(false, Map.of(new LeafPath(path), Optional.ofNullable(value)));
    take(replica.edit(Map.of(address, change), wallMillis));
  }

  private void pull(long millis, Reply.Told... told) {
    Batch nothing = Batch.of(0);
    take(replica.send(nothing));
    replica.outgoing(nothing);
    take(replica.receive(reply(server(millis), Map.of(), told), millis, millis));
  }

  private static Reply.Told told(HybridTimestamp clock, String json) throws Exception {
    JsonObject fields = (JsonObject) JsonText.parse(json);
    return new Reply.Told(MILK, clock, Reply.Fate.LIVE, fields, LeafClocks.all(clock));
  }

  @Test
  void eachEditKeepsTheVersionItWasMadeFromAndSaysWhatWasThere() throws Exception {
    pull(NOW, told(server(NOW), "{'n':1,'t':'a','x':true}".replace('\'', '"')));
    editLeaf(MILK, "n", JsonNumber.of(2), NOW + 1);
    pull(NOW + 2, told(server(NOW + 2), "{'n':7,'t':'b','x':true}".replace('\'', '"')));
    editLeaf(MILK, "t", new JsonString("c"), NOW + 3);
    editLeaf(MILK, "x", new JsonString("d"), NOW + 4);
    editLeaf(MILK, "n", JsonNumber.of(3), NOW + 5); // over what was made from the first version

    List<Outgoing.Change> changes = request();

    assertThat(changes)
        .extracting(Outgoing.Change::baseClock)
        .containsExactly(server(NOW), server(NOW + 2));
    assertThat(changes.get(0).clocks()).containsOnlyKeys("n");
    assertThat(changes.get(0).base()).contains(JsonObject.builder().put("n", 1).build());
    assertThat(changes.get(1).clocks()).containsOnlyKeys("t", "x");
    assertThat(changes.get(1).base()).contains(JsonObject.builder().put("t", "b").build());
    assertThat(changes.get(1).document())
        .contains(JsonObject.builder().put("n", 3).put("t", "c").put("x", "d").build());
  }

  @Test
  void pullsThatBringNothingOfADocumentMakeNoMoreChangesOfIt() throws Exception {
    pull(NOW, told(server(NOW), "{\"n\":1}"));
    editLeaf(MILK, "a", JsonNumber.of(1), NOW + 1);
    pull(NOW + 2);
    editLeaf(MILK, "b", JsonNumber.of(2), NOW + 3);
    pull(NOW + 4);
    editLeaf(MILK, "c", JsonNumber.of(3), NOW + 5);

    List<Outgoing.Change> changes = request();

    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).clocks()).containsOnlyKeys("a", "b", "c");
    assertThat(changes.get(0).baseClock()).isEqualTo(server(NOW));
  }

  @Test
  void aSmallBatchSendsTheOldestVersionFirst() throws Exception {
    pull(NOW, told(server(NOW), "{\"n\":1}"));
    editLeaf(MILK, "n", JsonNumber.of(2), NOW + 1);
    pull(NOW + 2, told(server(NOW + 2), "{\"n\":7}"));
    editLeaf(MILK, "t", new JsonString("c"), NOW + 3);
    List<Outgoing.Change> all = request();
    take(replica.notStored());
    Batch one = Batch.of(1);

    take(replica.send(one));
    Outgoing first = replica.outgoing(one);

    assertThat(first.changes()).containsExactly(all.get(0));
    assertThat(first.count()).isEqualTo(1);
  }

  @Test
  void whatIsMadeWhileARequestIsOnItsWayIsMadeFromWhatWasSent() throws Exception {
    pull(NOW, told(server(NOW), "{\"n\":1}"));
    editLeaf(MILK, "n", JsonNumber.of(2), NOW + 1);
    request();
    editLeaf(MILK, "n", JsonNumber.of(3), NOW + 2);
    take(replica.receive(reply(server(NOW + 9), Map.of(MILK, server(NOW + 9))), NOW + 3, NOW + 3));

    Outgoing.Change next = request().get(0);

    assertThat(next.baseClock()).isEqualTo(server(NOW + 9));
    assertThat(next.base()).contains(JsonObject.builder().put("n", 2).build());
    assertThat(next.clocks().get("n")).isGreaterThan(server(NOW + 9));
  }

  @Test
  void whatHadNoAnswerIsSentAgainAsItWasWhateverHappensMeanwhile() throws Exception {
    pull(NOW, told(server(NOW), "{\"n\":1}"));
    editLeaf(MILK, "n", JsonNumber.of(2), NOW + 1);
    List<Outgoing.Change> first = request();
    take(replica.failed());
    editLeaf(MILK, "n", JsonNumber.of(3), NOW + 2);
    pull(NOW + 3, told(server(NOW + 3), "{\"n\":5}"));
    take(replica.send(ALL));
    take(replica.notStored());
    replica = reloaded();
    editLeaf(MILK, "n", JsonNumber.of(4), NOW + 4);

    assertThat(request()).isEqualTo(first);
  }

  @Test
  void anOpeningStampsLaterThanAllThatWasStampedBeforeUnderANameOfItsOwn() {
    edit(MILK, "Milk", NOW + HOUR);
    HybridTimestamp before = request().get(0).clocks().get("title");
    state = JsonText.print(ReplicaJson.of(ReplicaState.fresh("a"))); // as if it had not been saved
    replica = reloaded();

    edit(BREAD, "Bread", NOW);

    Edit edit =
        replica.copy(BREAD).orElseThrow().pending().joined().leaves().values().iterator().next();
    assertThat(edit.clock()).isGreaterThan(before);
    assertThat(edit.clock().node()).isEqualTo("a");
  }

  @Test
  void ofTwoRefusedChangesOnlyTheGuiltyOneGoesToTheInbox() throws Exception {
    pull(NOW, told(server(NOW), "{\"n\":1}"));
    editLeaf(MILK, "n", JsonNumber.of(2), NOW + 1);
    pull(NOW + 2, told(server(NOW + 2), "{\"n\":7}"));
    editLeaf(MILK, "t", new JsonString("c"), NOW + 3);
    List<Outgoing.Change> all = request();
    Reply.Rejected rejected = new Reply.Rejected(MILK, "bad_request", JsonObject.EMPTY);
    take(replica.receive(rejecting(server(NOW + 4), rejected), NOW + 4, NOW + 4));

    assertThat(replica.inbox()).isEmpty();
    List<Outgoing.Change> first = request();
    take(replica.receive(rejecting(server(NOW + 5), rejected), NOW + 5, NOW + 5));
    List<Outgoing.Change> second = request();

    assertThat(first).containsExactly(all.get(0));
    assertThat(replica.inbox().values())
        .extracting(refusal -> refusal.edits().leaves().keySet())
        .containsExactly(Set.of(LeafPath.ofField("n")));
    assertThat(second).hasSize(1);
    assertThat(second.get(0).clocks()).isEqualTo(all.get(1).clocks());
    assertThat(second.get(0).document())
        .contains(JsonObject.builder().put("n", 7).put("t", "c").build());
  }

  @Test
  void aRefusalThatNamesTheKeyAloneIsOfTheDocumentThatWasSent() throws Exception {
    DocumentAddress theirs = DocumentAddress.of("bob", "milk");
    edit(theirs, "Milk", NOW);
    request();
    Reply.Rejected rejected = new Reply.Rejected(MILK, "bad_request", JsonObject.EMPTY);

    take(replica.receive(rejecting(server(NOW + 1), rejected), NOW + 1, NOW + 1));

    assertThat(replica.inbox().values()).extracting(Refusal::address).containsExactly(theirs);
    assertThat(replica.copy(theirs).flatMap(Copy::document)).isEmpty();
  }

  private static Reply rejecting(HybridTimestamp clock, Reply.Rejected rejected) {
    return new Reply(
        clock,
        List.of(),
        Map.of(),
        List.of(rejected),
        List.of(),
        false,
        Resync.NONE,
        OptionalLong.empty(),
        List.of());
  }

  @Test
  void aRemovalDoesNotMakeAnEditOfWhatWasReceivedBelowIt() throws Exception {
    take(replica.send(ALL));
    replica.outgoing(ALL);
    editLeaf(MILK, "o", JsonNumber.of(1), NOW + 1);
    editLeaf(MILK, "o", null, NOW + 2);
    Reply.Told meanwhile = told(server(NOW), "{\"o\":{\"a\":1},\"x\":1}");
    take(replica.receive(reply(server(NOW), Map.of(), meanwhile), NOW, NOW));

    Outgoing.Change change = request().get(0);

    assertThat(change.clocks()).containsOnlyKeys("o");
    assertThat(change.document()).contains(JsonObject.builder().put("x", 1).build());
    take(replica.receive(reply(server(NOW + 3), Map.of(MILK, server(NOW + 3))), NOW + 3, NOW + 3));
    assertThat(replica.copy(MILK).flatMap(Copy::document)).isEqualTo(change.document());
  }

  @Test
  void aCopyOfAnEarlierVersionIsRead() throws Exception {
    String old =
        "{'base':{'n':1},'revision':'0019ab697e800-000000-s','madeFrom':'0019ab697e7ff-000000-s',"
            + "'sent':{'deletion':['0019ab697e801-000000-d'],'leaves':{}},"
            + "'next':{'leaves':{'n':['0019ab697e802-000000-d',2]}},'generation':3}";

    Copy copy = ReplicaJson.copy((JsonObject) JsonText.parse(old.replace('\'', '"')));

    HybridTimestamp from = HybridTimestamp.parse("0019ab697e7ff-000000-s");
    assertThat(copy.pending().list())
        .extracting(PendingChange::from, PendingChange::sent)
        .containsExactly(tuple(from, true), tuple(from, false));
    assertThat(copy.pending().list().get(0).edits().deletion()).isNotNull();
    assertThat(copy.document()).contains(JsonObject.builder().put("n", 2).build());
  }

  @Test
  void aBatchEndsWithItsBytesAndALargeDocumentGoesAlone() {
    edit(MILK, "x".repeat(5_000), NOW);
    edit(BREAD, "Bread", NOW + 1);
    Batch small = new Batch(100, 1_000, Set.of());

    take(replica.send(small));
    List<Outgoing.Change> first = replica.outgoing(small).changes();

    assertThat(first).extracting(Outgoing.Change::address).containsExactly(MILK);
    take(replica.receive(reply(server(NOW + 2), Map.of(MILK, server(NOW + 2))), NOW + 2, NOW + 2));
    take(replica.send(small));
    assertThat(replica.outgoing(small).changes())
        .extracting(Outgoing.Change::address)
        .containsExactly(BREAD);
  }

  @Test
  void theClocksOfLeavesAreKeptAndThoseOfRemovedOnes() throws Exception {
    JsonObject document =
        (JsonObject) JsonText.parse("{\"a\":1,\"o\":{\"b\":2,\"c\":3},\"x.y\":4}");
    HybridTimestamp early = server(NOW);
    HybridTimestamp late = server(NOW + 1);

    LeafClocks clocks =
        LeafClocks.told(
            document,
            Map.of(
                "a", early, "o", late, "o.b", early, "o.c", late, "x%2Ey", early, "x.y", early,
                "gone", late),
            server(NOW + 2));

    assertThat(clocks.common()).isEqualTo(early);
    assertThat(clocks.others().keySet())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("o.c", "gone");
    Edits edits = clocks.asEdits(document);
    assertThat(edits.on(null)).isEqualTo(document);
    assertThat(edits.latest()).isEqualTo(late);
  }

  @Test
  void aValueOfUnknownAgeIsLaterThanNothingAndIsToldItsAge() throws Exception {
    HybridTimestamp early = server(NOW);
    JsonObject ours = (JsonObject) JsonText.parse("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}");
    LeafClocks known =
        LeafClocks.told(
            ours, Map.of("a", HybridTimestamp.ZERO, "b", early, "c", HybridTimestamp.ZERO), early);
    JsonObject theirs = (JsonObject) JsonText.parse("{\"b\":2,\"d\":4}");
    LeafClocks told =
        LeafClocks.told(
            theirs,
            Map.of("b", HybridTimestamp.ZERO, "c", early, "d", early),
            HybridTimestamp.ZERO);

    Edits back = known.laterThan(ours, theirs, told);

    assertThat(back.leaves().keySet())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder("a", "b"); // c was removed there, and d is the same
    assertThat(back.latest()).isEqualTo(early);
  }

  @Test
  void whateverIsPendingAnEditMakesTheDocumentThatWasAskedFor() {
    long seed = new SecureRandom().nextInt(1_000_000_000);
    System.out.println("ReplicaTest: documents from seed " + seed);
    Random random = new Random(seed);
    for (int world = 0; world < 500; world++) {
      rows = new LinkedHashMap<>();
      state = JsonText.print(ReplicaJson.of(ReplicaState.fresh("phone")));
      replica = reloaded();
      for (int i = 1; i <= 12; i++) {
        long millis = NOW + 1_000L * i;
        if (random.nextInt(3) == 0) { // somebody else's version comes in
          JsonObject theirs = document(random);
          LeafClocks clocks = LeafClocks.all(server(millis));
          pull(millis, new Reply.Told(MILK, server(millis), Reply.Fate.LIVE, theirs, clocks));
        } else {
          JsonObject wanted = document(random);
          Map<LeafPath, JsonValue> before =
              replica.copy(MILK).flatMap(Copy::document).map(Leaves::of).orElse(Map.of());
          take(replica.edit(Map.of(MILK, LocalChange.between(before, Leaves.of(wanted))), millis));

          assertThat(replica.copy(MILK).flatMap(Copy::document).orElse(JsonObject.EMPTY))
              .as("seed %s, world %s, step %s", seed, world, i)
              .isEqualTo(wanted);
        }
      }
    }
  }

  private static JsonObject document(Random random) {
    JsonObject.Builder document = JsonObject.builder();
    for (String name : List.of("a", "b")) {
      int shape = random.nextInt(4);
      if (shape == 1) {
        document.put(name, random.nextInt(9));
      } else if (shape > 1) {
        document.put(name, branch(random, shape));
      }
    }
    return document.build();
  }

  private static JsonObject branch(Random random, int depth) {
    JsonObject.Builder branch = JsonObject.builder().put("x", random.nextInt(9));
    if (random.nextBoolean()) {
      branch.put("y", depth > 2 ? branch(random, depth - 1) : JsonNumber.of(random.nextInt(9)));
    }
    return branch.build();
  }
}
