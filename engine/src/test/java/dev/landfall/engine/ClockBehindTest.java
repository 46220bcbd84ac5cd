package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.sync.SyncAnswer.Warning;
import dev.landfall.engine.sync.SyncRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A device with a right clock whose user has another that is three minutes ahead: what the server
 * has committed is later than anything it stamps, unless it follows the clock.
 */
class ClockBehindTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp AHEAD = at(180_000, "ahead");
  private static final HybridTimestamp NOW = at(1_000, "right");

  private final TestServer server = new TestServer();
  private final HybridTimestamp base =
      server.push(ZERO, edit("plan", "{'x':1}", Map.of("x", AHEAD), ZERO)).clock();

  private List<Warning> warnings(String key, String document) {
    return server
        .engine()
        .sync(
            TestServer.TODO,
            TestServer.ALICE,
            TestServer.ALICE,
            SyncRequest.push(
                TestServer.TASKS, base, List.of(edit(key, document, Map.of("x", NOW), base))))
        .warnings();
  }

  @Test
  void anEditWithAClockThatIsTooOldToCountIsNamed() {
    List<Warning> warnings = warnings("plan", "{'x':2}");

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).code()).isEqualTo("clock_behind");
    assertThat(warnings.get(0).key().value()).isEqualTo("plan");
    assertThat(warnings.get(0).field()).contains("x");
  }

  @Test
  void aDocumentThatIsNotMadeForThatReasonIsNamed() {
    List<Warning> warnings = warnings("new", "{'x':2}");

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).code()).isEqualTo("clock_behind");
    assertThat(warnings.get(0).key().value()).isEqualTo("new");
    assertThat(warnings.get(0).field()).isEmpty();
  }

  @Test
  void aValueTheDocumentHasOrHasHadIsOldNews() {
    HybridTimestamp later = new HybridTimestamp(base.millis() + 1, 0, "ahead");
    server.push(base, edit("plan", "{'x':5}", Map.of("x", later), base));

    assertThat(warnings("plan", "{'x':5}")).isEmpty();
    assertThat(warnings("plan", "{'x':1}")).isEmpty();
  }
}
