package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import dev.landfall.engine.sync.Change;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a device has counted is counted once, whatever it called itself and in whatever order. */
class CountedOnceTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp FIRST = at(1_000, "phone");
  private static final HybridTimestamp SECOND = at(2_000, "phone");

  private final TestServer server =
      new TestServer(
          SyncSettings.DEFAULT,
          new CollectionDefinition(
              DocumentSchema.NONE,
              new MergeStrategies(Map.of(new LeafPath("n"), MergeStrategy.COUNTER))));

  private static Change counted(int n, HybridTimestamp clock, HybridTimestamp base) {
    return edit("visits", "{'n':" + n + "}", Map.of("n", clock), base);
  }

  private HybridTimestamp five() {
    HybridTimestamp base = server.push(ZERO, counted(5, at(0, "desktop"), ZERO)).clock();
    server.millis += 60_000; // all edits below were made before anything more is committed
    return base;
  }

  private Object stored() {
    return server.pull(ZERO).fields("visits");
  }

  @Test
  void aChangeIsMadeOnTopOfTheOnesBeforeItInItsRequestUnderWhateverName() {
    HybridTimestamp base = five();
    Change shared = counted(6, FIRST, base);
    Change one = counted(7, at(3_000, "phone again"), base);
    Change other = counted(7, at(4_000, "copy of the phone"), base);

    server.push(base, shared, one);
    server.push(base, shared, other);
    server.push(base, shared, other);

    assertThat(stored()).isEqualTo(json("{'n':8}"));
  }

  @Test
  void anEditThatWasOvertakenIsNotWhatTheNextOneWasMadeFrom() {
    HybridTimestamp base = five();
    server.push(base, counted(7, SECOND, base));
    server.push(base, counted(6, at(1_500, "laptop"), base));
    server.push(base, counted(6, FIRST, base)); // late; the second one has it in it

    server.push(base, counted(8, at(5_000, "phone"), base));

    assertThat(stored()).isEqualTo(json("{'n':9}"));
  }

  @Test
  void norIfWhatOvertookItWasKnownToTheNextOne() {
    HybridTimestamp base = five();
    server.push(base, counted(7, SECOND, base));
    HybridTimestamp seen = server.push(base, counted(6, at(1_500, "laptop"), base)).clock();
    server.push(base, counted(6, FIRST, base));

    server.push(seen, counted(9, at(90_000, "phone"), seen));
    server.push(seen, counted(9, at(91_000, "laptop"), seen));

    assertThat(stored()).isEqualTo(json("{'n':10}"));
  }
}
