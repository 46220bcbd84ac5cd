package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.DocumentSchema.DocumentValidator;
import dev.landfall.engine.commit.DocumentSchema.Violation;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a team's own rule says of documents, beyond their schema. */
class ValidatorTest {
  /** At most ten of a and b together. */
  private static final DocumentValidator AT_MOST_TEN =
      (application, collection, document) ->
          number(document, "a") + number(document, "b") > 10
              ? List.of(new Violation("a", "is too much together with b"))
              : List.of();

  private final SyncEngine engine =
      new SyncEngine(
          new MemoryBackend(1L << 28),
          List.of(new ApplicationDefinition(TODO, "", Map.of()).with(List.of(AT_MOST_TEN))),
          SyncSettings.DEFAULT,
          () -> Instant.ofEpochMilli(TestServer.START + 60_000),
          new Random(1),
          EngineObserver.NONE);

  private static int number(JsonObject document, String name) {
    return document.get(name) instanceof JsonNumber number ? number.value().intValueExact() : 0;
  }

  private Answer push(HybridTimestamp clock, Change change) {
    return TestServer.deliver(
        engine.sync(TODO, ALICE, ALICE, SyncRequest.push(TASKS, clock, List.of(change))));
  }

  @Test
  void whatItForbidsIsRefusedInCollectionsThatNobodyHasListed() {
    Change wrong = edit("k", "{'a':6,'b':5}", Map.of("a", at(1, "phone")), HybridTimestamp.ZERO);

    assertThatThrownBy(() -> push(HybridTimestamp.ZERO, wrong))
        .isInstanceOf(SyncException.class)
        .hasMessageContaining("Schema validation failed");
  }

  @Test
  void twoCopiesThatItAllowsDoNotMergeIntoOneThatItForbids() {
    HybridTimestamp base =
        push(
                HybridTimestamp.ZERO,
                edit(
                    "k",
                    "{'a':1,'b':1}",
                    Map.of("a", at(1, "phone"), "b", at(1, "phone")),
                    HybridTimestamp.ZERO))
            .clock();
    push(base, edit("k", "{'a':8,'b':1}", Map.of("a", at(61_000, "phone")), base));

    Answer merged = push(base, edit("k", "{'a':1,'b':9}", Map.of("b", at(62_000, "pad")), base));

    JsonObject document = merged.fields("k");
    assertThat(number(document, "a") + number(document, "b")).isEqualTo(10);
    assertThat(merged.conflicts()).isNotEmpty();
  }
}
