package dev.landfall.client.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.engine.document.Leaves;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
  private String state = JsonText.print(Saved.of(ReplicaState.fresh("phone")));
  private Replica replica = reloaded();

  private Replica reloaded() {
    try {
      Map<DocumentAddress, Copy> copies = new LinkedHashMap<>();
      for (Map.Entry<DocumentAddress, String> row : rows.entrySet()) {
        copies.put(row.getKey(), Saved.copy((JsonObject) JsonText.parse(row.getValue())));
      }
      return new Replica(Saved.state((JsonObject) JsonText.parse(state)), copies, List.of());
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
                      one -> rows.put(address, JsonText.print(Saved.of(one))),
                      () -> rows.remove(address)));
      state = JsonText.print(Saved.of(step.state()));
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

    Map<DocumentAddress, HybridTimestamp> clocks = new LinkedHashMap<>();
    request().forEach(change -> clocks.put(change.address(), change.clocks().get("title")));
    assertThat(clocks.get(MILK)).isEqualTo(sent);
    assertThat(clocks.get(BREAD)).isGreaterThan(sent);
    assertThat(clocks.get(BREAD).millis()).isLessThanOrEqualTo(NOW + MAX_DRIFT);
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
  void aDeletionGoesAloneAndWhatWasMadeAfterwardsWithTheNextRequest() {
    take(replica.send(ALL));
    replica.outgoing(ALL);
    take(replica.receive(reply(server(NOW), Map.of(), told(MILK, server(NOW), "Milk")), NOW, NOW));
    take(replica.edit(Map.of(MILK, LocalChange.DELETION), NOW + 1));
    edit(MILK, "Oat milk", NOW + 2);

    List<Outgoing.Change> first = request();
    assertThat(first).hasSize(1);
    assertThat(first.get(0).document()).isEmpty();
    assertThat(first.get(0).clocks()).containsOnlyKeys("");
    take(replica.receive(reply(server(NOW + 3), Map.of(MILK, server(NOW + 3))), NOW + 3, NOW + 3));
    List<Outgoing.Change> second = request();

    assertThat(second).hasSize(1);
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
}
