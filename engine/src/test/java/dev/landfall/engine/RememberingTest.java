package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.START;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.TestServer.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import dev.landfall.engine.sync.Change;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How much and how long a server remembers, and what it makes of what comes a second time. */
class RememberingTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final TestServer server = new TestServer();

  private void write(String value) {
    server.millis++;
    HybridTimestamp now = at(server.millis - START, "phone");
    server.push(ZERO, edit("a", "{\"text\":\"" + value + "\"}", Map.of("text", now), ZERO));
  }

  private int versions() {
    return server
        .engine()
        .history(TODO, ALICE, ALICE, id("a"), Optional.empty(), SyncEngine.MAX_VERSIONS)
        .versions()
        .size();
  }

  @Test
  void theLastTwoHundredVersionsAreKept() {
    for (int i = 0; i < 150; i++) {
      write("v" + i);
    }
    assertThat(versions()).isEqualTo(150);

    for (int i = 150; i < 230; i++) {
      write("v" + i);
    }

    assertThat(versions()).isEqualTo(200);
  }

  @Test
  void largeVersionsAreKeptUpToABound() {
    for (int i = 0; i < 60; i++) {
      write(i + "x".repeat(10_000));
    }

    assertThat(versions()).isBetween(8, 20);
  }

  @Test
  void theLastEightVersionsAreKeptHoweverLargeTheyAre() {
    for (int i = 0; i < 10; i++) {
      write(i + "x".repeat(100_000));
    }

    assertThat(
            server
                .engine()
                .history(TODO, ALICE, ALICE, id("a"), Optional.empty(), SyncEngine.MAX_VERSIONS)
                .versions())
        .filteredOn(version -> !version.changed().isEmpty())
        .hasSize(8);
    assertThat(versions()).isEqualTo(9); // of the creation, only the large value is gone
  }

  @Test
  void aVersionIsKeptForAsLongAsIsConfiguredAndNoLonger() {
    for (int i = 0; i < 12; i++) {
      write("v" + i);
    }
    server.millis = START + 30 * DAY - HOUR;
    write("within the time");
    assertThat(versions()).isEqualTo(13);

    server.millis = START + 30 * DAY + HOUR;
    write("after it");

    assertThat(versions()).isEqualTo(8);
  }

  @Test
  void aDeletionIsRememberedForAsLongAsIsConfiguredAndNoLonger() {
    server.push(ZERO, edit("a", "{\"n\":1}", Map.of("n", at(1, "phone")), ZERO));
    server.push(ZERO, delete("a", at(2, "phone"), ZERO));
    server.millis = START + 90 * DAY - HOUR;
    assertThat(server.engine().purge()).isZero();

    server.millis = START + 90 * DAY + HOUR;

    assertThat(server.engine().purge()).isPositive();
  }

  @Test
  void anEditWithTheClockOfTheDeletionDoesNotBringADocumentBack() {
    HybridTimestamp base =
        server.push(ZERO, edit("a", "{\"n\":1}", Map.of("n", at(1, "phone")), ZERO)).clock();
    server.push(base, delete("a", at(9, "phone"), base));

    server.push(base, edit("a", "{\"n\":3}", Map.of("n", at(9, "phone")), base));

    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void anEditJustAfterTheDeletionBringsADocumentBack() {
    HybridTimestamp base =
        server.push(ZERO, edit("a", "{\"n\":1}", Map.of("n", at(1, "phone")), ZERO)).clock();
    server.push(base, delete("a", at(9, "phone"), base));

    server.push(base, edit("a", "{\"n\":2}", Map.of("n", at(10, "tablet")), base));

    assertThat(server.pull(ZERO).documents()).containsKey("a");
  }

  @Test
  void aCounterTakesALateRepetitionForWhatItIs() {
    TestServer counting =
        new TestServer(
            SyncSettings.DEFAULT,
            new CollectionDefinition(
                DocumentSchema.NONE,
                new MergeStrategies(Map.of(new LeafPath("n"), MergeStrategy.COUNTER))));
    HybridTimestamp base =
        counting.push(ZERO, edit("a", "{\"n\":10}", Map.of("n", at(1, "desk")), ZERO)).clock();
    Change first = edit("a", "{\"n\":11}", Map.of("n", at(10, "phone")), base);
    Change second = edit("a", "{\"n\":13}", Map.of("n", at(20, "phone")), base);
    counting.push(base, first);
    counting.push(base, edit("a", "{\"n\":15}", Map.of("n", at(15, "tablet")), base));
    counting.push(base, second);

    Answer late = counting.push(base, first);
    counting.push(late.clock(), second);
    counting.millis += HOUR;
    counting.push(base, first);

    assertThat(counting.pull(ZERO).fields("a").get("n")).isEqualTo(JsonNumber.of(10 + 3 + 5));
  }
}
