package dev.landfall.engine.stores;

import static dev.landfall.engine.stores.NodeProcess.ALICE;
import static dev.landfall.engine.stores.NodeProcess.TASKS;
import static dev.landfall.engine.stores.NodeProcess.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncEngine;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.mongo.TestDatabase;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Nodes over one MongoDB database that are killed in the middle of writing, one after the other,
 * while the next is writing already and a third, in this process, reads.
 */
class NodeKillTest {
  private static final int ROUNDS = Integer.getInteger("landfall.kill.nodes", 10);

  /** What a client has that follows the feed from the beginning, in pages, never starting again. */
  private final Map<String, Integer> view = new TreeMap<>();

  private HybridTimestamp cursor = HybridTimestamp.ZERO;

  @Test
  void whatKilledNodesAcknowledgedIsThereForTheOthersAndForWhoFollows() throws Exception {
    Random random = new Random(4711);
    long writes = 0;
    try (TestDatabase database = TestDatabase.create();
        StoreBackend store = NodeProcess.open(database.address(), database.name())) {
      SyncEngine engine = NodeProcess.engine(store);
      NodeProcess node = NodeProcess.start(database, "r0");
      try {
        for (int round = 0; round < ROUNDS; round++) {
          NodeProcess next = NodeProcess.start(database, "r" + (round + 1));
          node.awaitWarm();
          NodeProcess victim = node;
          node = next;
          if (random.nextBoolean()) {
            next.awaitWarm(); // so that both write
          }
          Thread.sleep(random.nextInt(60));
          victim.kill();

          Map<String, Integer> others = next.acknowledged();
          follow(engine, marker());
          assertNothingIsLost(victim, others, round);
          writes += victim.acknowledged().values().stream().mapToInt(Integer::intValue).sum();
        }
        node.awaitWarm();
      } finally {
        node.kill();
      }
      follow(engine, marker());
      assertNothingIsLost(node, Map.of(), ROUNDS);
      Map<String, Integer> followed = new TreeMap<>(view);
      view.clear();
      cursor = HybridTimestamp.ZERO;
      follow(engine, List.of());
      assertThat(followed).as("what the follower has seen").isEqualTo(view);
      System.out.println("Nodes killed: " + ROUNDS + ", acknowledged requests: " + writes);
    }
  }

  private void assertNothingIsLost(NodeProcess victim, Map<String, Integer> others, int round) {
    assertThat(victim.noise()).as("round %d", round).isEmpty();
    assertThat(victim.acknowledged()).as("round %d", round).isNotEmpty();
    assertThat(cursor).as("round %d: the clock goes on", round).isGreaterThan(victim.clock());
    for (int i = 0; i < NodeProcess.WRITERS; i++) {
      String writer = victim.name() + "-w" + i;
      int acknowledged = victim.acknowledged().getOrDefault(writer, 0);
      int stored = view.getOrDefault(writer + "-0", 0);
      assertThat(stored)
          .as("round %d: %s, at most one request was on its way", round, writer)
          .isBetween(acknowledged, acknowledged + 1);
      for (int j = 1; j < NodeProcess.BATCH; j++) {
        assertThat(view.getOrDefault(writer + "-" + j, 0))
            .as("round %d: a request of %s is stored whole", round, writer)
            .isEqualTo(stored);
      }
      for (int at = 8; at <= stored; at += 8) {
        assertThat(view).as("round %d", round).containsEntry(writer + "-at-" + at, at);
      }
    }
    others.forEach(
        (writer, n) ->
            assertThat(view.get(writer + "-0")).as("round %d", round).isGreaterThanOrEqualTo(n));
  }

  /** A commit of this node, which has yet to hear of those of the others. */
  private static List<Change> marker() {
    HybridTimestamp now = new HybridTimestamp(System.currentTimeMillis(), 0, "tablet");
    return List.of(NodeProcess.edit("marker", (int) (now.millis() % 1_000_000), now));
  }

  private void follow(SyncEngine engine, List<Change> changes) throws IOException {
    PageEnd end = page(engine, changes);
    while (end.more()) {
      end = page(engine, List.of());
    }
  }

  private PageEnd page(SyncEngine engine, List<Change> changes) throws IOException {
    SyncRequest request =
        new SyncRequest(
            TASKS, cursor, changes, OptionalInt.of(40), OptionalLong.empty(), false, false, false);
    SyncAnswer answer = engine.sync(TODO, ALICE, ALICE, request);
    assertThat(answer.resync()).isFalse();
    PageEnd end =
        answer.deliver(
            wire -> {
              try {
                JsonObject document = (JsonObject) JsonText.parse(wire.toArray());
                String key = ((JsonString) document.get("_key")).value();
                int value = ((JsonNumber) document.get("n")).value().intValueExact();
                Integer before = view.put(key, value);
                assertThat(before == null || before <= value || key.equals("marker"))
                    .as("%s does not go back from %s to %s", key, before, value)
                    .isTrue();
              } catch (JsonFormatException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(end.serverClock()).isGreaterThanOrEqualTo(cursor);
    cursor = end.serverClock();
    return end;
  }
}
