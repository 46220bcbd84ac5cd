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
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A client that follows the feed of what {@link NodeProcess}es write, in pages, from its begin. */
final class NodeFollower {
  private final SyncEngine engine;
  private final Map<String, Integer> view = new TreeMap<>();
  private HybridTimestamp cursor = HybridTimestamp.ZERO;

  NodeFollower(SyncEngine engine) {
    this.engine = engine;
  }

  /** All that the node has acknowledged is here, each of its requests whole. */
  void assertNothingIsLost(NodeProcess dead, String when) {
    assertThat(dead.noise()).as(when).isEmpty();
    assertThat(dead.acknowledged()).as(when).isNotEmpty();
    assertThat(cursor).as("%s: the clock goes on", when).isGreaterThan(dead.clock());
    for (int i = 0; i < NodeProcess.WRITERS; i++) {
      String writer = dead.name() + "-w" + i;
      int acknowledged = dead.acknowledged().getOrDefault(writer, 0);
      int stored = view.getOrDefault(writer + "-0", 0);
      assertThat(stored)
          .as("%s: %s, at most one request was on its way", when, writer)
          .isBetween(acknowledged, acknowledged + 1);
      for (int j = 1; j < NodeProcess.BATCH; j++) {
        assertThat(view.getOrDefault(writer + "-" + j, 0))
            .as("%s: a request of %s is stored whole", when, writer)
            .isEqualTo(stored);
      }
      for (int at = 8; at <= stored; at += 8) {
        assertThat(view).as(when).containsEntry(writer + "-at-" + at, at);
      }
    }
  }

  /** What a node that writes on had {@code acknowledged} before the last {@link #catchUp}. */
  void assertIsThere(Map<String, Integer> acknowledged, String when) {
    acknowledged.forEach(
        (writer, n) -> assertThat(view.get(writer + "-0")).as(when).isGreaterThanOrEqualTo(n));
  }

  void assertEqualTo(NodeFollower other) {
    assertThat(view).as("what the other has seen").isEqualTo(other.view);
  }

  /** Reads to the end, after a commit of its own; that node has yet to hear of those of others. */
  void catchUp() throws IOException {
    HybridTimestamp now = new HybridTimestamp(System.currentTimeMillis(), 0, "tablet");
    Change marker = NodeProcess.edit("marker", (int) (now.millis() % 1_000_000), now);
    if (page(List.of(marker)).more()) {
      read();
    }
  }

  /** Reads to the end. */
  void read() throws IOException {
    PageEnd end = page(List.of());
    while (end.more()) {
      end = page(List.of());
    }
  }

  private PageEnd page(List<Change> changes) throws IOException {
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
