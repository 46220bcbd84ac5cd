package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.sync.News;
import dev.landfall.engine.sync.SyncRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Hints of several collections at once. */
class NewsTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final CollectionName NOTES = new CollectionName("notes");

  private final TestServer server = new TestServer();

  private void push(CollectionName collection, String key) {
    server.sync(
        ALICE,
        SyncRequest.push(
            collection, ZERO, List.of(edit(key, "{'a':1}", Map.of("a", at(0, "phone")), ZERO))));
  }

  private News news(HybridTimestamp since, CollectionName... likely) {
    Map<CollectionName, HybridTimestamp> told = new LinkedHashMap<>();
    told.put(TASKS, since);
    told.put(NOTES, since);
    return server.engine().news(TODO, ALICE, ALICE, told, Set.of(likely));
  }

  @Test
  void whatNobodyThoughtLikelyIsToldTooSoThatNothingIsPassedOver() {
    push(NOTES, "one");
    push(TASKS, "two");

    assertThat(news(ZERO, TASKS).changed()).containsOnlyKeys(TASKS, NOTES);
    assertThat(news(ZERO).changed()).containsOnlyKeys(TASKS, NOTES);
    assertThat(news(ZERO, TASKS, NOTES).changed()).containsOnlyKeys(TASKS, NOTES);
  }

  @Test
  void behindItsEndThereIsOnlyWhatComesLater() {
    push(NOTES, "one");
    push(TASKS, "two");
    HybridTimestamp until = news(ZERO).until();

    assertThat(news(until, TASKS, NOTES).changed()).isEmpty();

    push(NOTES, "three");

    assertThat(news(until, TASKS).changed()).containsOnlyKeys(NOTES);
  }

  @Test
  void aClockThatWasNeverIssuedIsNewsItself() {
    HybridTimestamp lost = at(0, "phone");

    assertThat(news(lost).changed()).containsOnlyKeys(TASKS, NOTES);
    assertThat(news(news(lost).until()).changed()).isEmpty();
    assertThat(server.engine().hasNews(TODO, ALICE, ALICE, TASKS, lost)).isTrue();
    assertThat(server.engine().hasNews(TODO, ALICE, ALICE, TASKS, ZERO)).isFalse();
  }

  @Test
  void anEmptyServerHasNone() {
    assertThat(news(ZERO, TASKS).changed()).isEmpty();
    assertThat(news(ZERO, TASKS).until()).isEqualTo(ZERO);
  }
}
