package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.merge.MergeStrategy;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A value that the server made has two ages: clients are told when it was made, so that they take
 * it; what it was made from decides against other edits and deletions.
 */
class TwoAgesTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "phone");
  private static final HybridTimestamp T2 = at(2_000, "laptop");
  private static final HybridTimestamp T3 = at(3_000, "phone");
  private static final HybridTimestamp BETWEEN = at(4_000, "tablet");

  private final TestServer server =
      new TestServer(
          SyncSettings.DEFAULT,
          new CollectionDefinition(
              DocumentSchema.NONE,
              new MergeStrategies(
                  Map.of(
                      new LeafPath("n"), MergeStrategy.COUNTER,
                      new LeafPath("tags"), MergeStrategy.SET))));

  private HybridTimestamp create(String document, String field) {
    HybridTimestamp base =
        server.push(ZERO, edit("plan", document, Map.of(field, T1), ZERO)).clock();
    server.millis += 60_000; // all edits below were made before anything more is committed
    return base;
  }

  /** Two edits that a strategy merges. */
  private Answer merge(String field, String one, String other, HybridTimestamp base) {
    server.push(base, edit("plan", one, Map.of(field, T2), base));
    return server.push(base, edit("plan", other, Map.of(field, T3), base));
  }

  private Object stored() {
    return server.pull(ZERO).fields("plan");
  }

  @Test
  void aDeletionThatIsLaterThanTheTextsThatWereMergedWins() {
    HybridTimestamp base = create("{'t':'a\\nb\\nc\\n'}", "t");
    Answer merged = merge("t", "{'t':'A\\nb\\nc\\n'}", "{'t':'a\\nb\\nC\\n'}", base);
    assertThat(merged.fields("plan")).isEqualTo(json("{'t':'A\\nb\\nC\\n'}"));

    Answer deleted = server.push(base, delete("plan", BETWEEN, base));

    assertThat(deleted.isTombstone("plan")).isTrue();
    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDeletionThatIsLaterThanAllIncrementsWins() {
    HybridTimestamp base = create("{'n':5}", "n");
    assertThat(merge("n", "{'n':6}", "{'n':7}", base).fields("plan")).isEqualTo(json("{'n':8}"));

    server.push(base, delete("plan", BETWEEN, base));

    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDeletionThatIsLaterThanTheSetsThatWereMergedWins() {
    HybridTimestamp base = create("{'tags':['a']}", "tags");
    merge("tags", "{'tags':['a','b']}", "{'tags':['a','c']}", base);

    server.push(base, delete("plan", BETWEEN, base));

    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDeletionThatIsEarlierThanOneOfTheMergedEditsLoses() {
    HybridTimestamp base = create("{'n':5}", "n");
    merge("n", "{'n':6}", "{'n':7}", base);

    Answer deletion = server.push(base, delete("plan", at(2_500, "tablet"), base));

    assertThat(stored()).isEqualTo(json("{'n':8}"));
    assertThat(deletion.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
  }

  @Test
  void anEditThatIsLaterThanWhatWasMergedWinsWhereItCannotBeMerged() {
    HybridTimestamp base = create("{'t':'a\\nb\\nc\\n'}", "t");
    merge("t", "{'t':'A\\nb\\nc\\n'}", "{'t':'a\\nb\\nC\\n'}", base);

    Answer later = server.push(base, edit("plan", "{'t':7}", Map.of("t", BETWEEN), base));

    assertThat(stored()).isEqualTo(json("{'t':7}"));
    assertThat(later.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
  }

  @Test
  void aRemovalThatIsLaterThanWhatWasMergedWins() {
    HybridTimestamp base = create("{'n':5,'x':1}", "n");
    merge("n", "{'n':6,'x':1}", "{'n':7,'x':1}", base);

    server.push(base, edit("plan", "{'x':1}", Map.of("n", BETWEEN), base));

    assertThat(stored()).isEqualTo(json("{'x':1}"));
  }

  @Test
  void clientsAreToldTheCommitClockOfAMergedValueAndTakeIt() {
    HybridTimestamp base = create("{'n':5}", "n");

    Answer merged = merge("n", "{'n':6}", "{'n':7}", base);

    assertThat(merged.fieldClock("plan", "n")).isEqualTo(merged.revision("plan"));
  }

  @Test
  void anEditThatWentIntoAMergedValueIsInItWhenItComesAgainThoughTheHistoryHasForgottenIt() {
    HybridTimestamp base = create("{'n':5}", "n");
    merge("n", "{'n':6}", "{'n':7}", base);
    HybridTimestamp seen = server.pull(ZERO).clock();
    for (int i = 0; i < 300; i++) {
      server.millis += 10;
      HybridTimestamp clock = new HybridTimestamp(server.millis, 1, "tablet");
      Answer next =
          server.push(seen, edit("plan", "{'n':8,'i':" + i + "}", Map.of("i", clock), seen));
      seen = next.clock();
    }

    server.push(base, edit("plan", "{'n':7}", Map.of("n", T3), base));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'n':8,'i':299}"));
  }

  @Test
  void whatTwoDevicesFromOneBackupAddToTheCounterInItIsAllCounted() {
    HybridTimestamp base = create("{'n':5}", "n");
    var pending = edit("plan", "{'n':6}", Map.of("n", at(2_000, "phone")), base); // in the backup
    server.push(base, edit("plan", "{'n':8}", Map.of("n", at(2_500, "phone")), base)); // over it

    server.push(base, pending, edit("plan", "{'n':9}", Map.of("n", at(2_600, "phone~1")), base));

    assertThat(stored())
        .isEqualTo(json("{'n':11}")); // 5, and 1 before the backup, 2 and 3 after it
  }

  @Test
  void theOrderInWhichDevicesFromOneBackupComeMakesNoDifference() {
    HybridTimestamp base = create("{'n':5}", "n");
    var pending = edit("plan", "{'n':6}", Map.of("n", at(2_000, "phone")), base);
    server.push(base, pending, edit("plan", "{'n':9}", Map.of("n", at(2_600, "phone~1")), base));

    server.push(base, edit("plan", "{'n':8}", Map.of("n", at(2_500, "phone")), base));

    assertThat(stored()).isEqualTo(json("{'n':11}"));
  }

  @Test
  void anEditOnTopOfOneUnderAFormerNameOfItsDeviceIsNoConflictWithIt() {
    HybridTimestamp base = create("{'x':1}", "x");
    var pending = edit("plan", "{'x':2}", Map.of("x", at(2_000, "phone")), base);
    server.push(base, pending);

    Answer answer =
        server.push(
            base, pending, edit("plan", "{'x':3}", Map.of("x", at(2_600, "phone~1")), base));

    assertThat(stored()).isEqualTo(json("{'x':3}"));
    assertThat(answer.conflicts()).isEmpty();
  }

  @Test
  void anEqualCountWhoseBaseNobodyKnowsStandsAgainstEarlierOnes() {
    HybridTimestamp lost = new HybridTimestamp(1, 0, "srv.lost.abcdefgh");
    server.push(ZERO, edit("plan", "{'n':2}", Map.of("n", T1), ZERO));
    var same = edit("plan", "{'n':2}", Map.of("n", at(3_000, "tablet")), lost);
    server.push(ZERO, same);

    server.push(ZERO, edit("plan", "{'n':1}", Map.of("n", T2), lost));
    Object before = stored();
    server.push(ZERO, same);

    assertThat(before).isEqualTo(json("{'n':2}"));
    assertThat(stored()).isEqualTo(before);
  }
}
