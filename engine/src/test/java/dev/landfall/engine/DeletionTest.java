package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static dev.landfall.engine.Vectors.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Deletions;
import dev.landfall.engine.merge.Conflict.Winner;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Deletions as edits of whole documents, against edits that are earlier, later and repeated. */
class DeletionTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "y");
  private static final HybridTimestamp T2 = at(2_000, "x");
  private static final HybridTimestamp T3 = at(3_000, "y");
  private static final HybridTimestamp T4 = at(4_000, "y");
  private static final HybridTimestamp T5 = at(5_000, "z");

  private final TestServer server = new TestServer();

  private HybridTimestamp create() {
    HybridTimestamp base =
        server.push(ZERO, edit("plan", "{'title':1}", Map.of("title", T1), ZERO)).clock();
    server.millis += 60_000;
    return base;
  }

  @Test
  void aDeletionThatHasLostLosesAgainWhenWhatBeatItHasBeenRemoved() {
    HybridTimestamp base = create();
    server.push(base, edit("plan", "{'title':1,'draft':2}", Map.of("draft", T3), base));
    Answer lost = server.push(base, delete("plan", T2, base));
    server.push(lost.clock(), edit("plan", "{'title':1}", Map.of("draft", T4), lost.clock()));

    server.push(base, delete("plan", T2, base));

    assertThat(lost.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':1}"));
  }

  @Test
  void aDeletionOfNothingThatComesAgainDeletesNothing() {
    server.push(ZERO, delete("plan", T4, ZERO));
    server.push(ZERO, edit("plan", "{'title':1}", Map.of("title", T2), ZERO));

    server.push(ZERO, delete("plan", T4, ZERO));
    server.push(ZERO, delete("plan", T3, ZERO)); // an earlier one of the same device, late

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':1}"));
  }

  @Test
  void aDeletionOfNothingDoesNotMakeARealOneOfAnotherDeviceOld() {
    server.push(ZERO, delete("plan", T4, ZERO));
    server.push(ZERO, edit("plan", "{'title':1}", Map.of("title", T2), ZERO));

    Answer deletion = server.push(ZERO, delete("plan", at(2_500, "x"), ZERO));

    assertThat(deletion.isTombstone("plan")).isTrue();
  }

  @Test
  void deletionsOfNothingByManyDevicesAreAllKnownWhenTheyComeAgain() {
    for (int i = 0; i < Deletions.MOST; i++) {
      server.push(ZERO, delete("plan", at(3_000 + i, "device" + i), ZERO));
    }
    server.push(ZERO, edit("plan", "{'title':1}", Map.of("title", T2), ZERO));

    for (int i = 0; i < Deletions.MOST; i++) {
      server.push(ZERO, delete("plan", at(3_000 + i, "device" + i), ZERO));
    }

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':1}"));
  }

  @Test
  void aDeletionOfNothingThatComesAgainAfterARealOneDoesNotMakeThatLater() {
    server.push(ZERO, delete("plan", T4, ZERO));
    HybridTimestamp base =
        server
            .push(ZERO, edit("plan", "{'title':1}", Map.of("title", at(1_000, "z")), ZERO))
            .clock();
    server.push(base, delete("plan", T2, base));

    server.push(ZERO, delete("plan", T4, ZERO));
    server.push(ZERO, edit("plan", "{'title':3}", Map.of("title", at(3_000, "z")), base));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':3}"));
  }

  @Test
  void aDeviceWhoseDeletionOvertookItsEditsHasDeletedThemAlsoWhereOthersDeletedNothingLater() {
    server.push(ZERO, delete("plan", T2, ZERO));
    server.push(ZERO, delete("plan", T5, ZERO));

    server.push(ZERO, edit("plan", "{'title':1}", Map.of("title", at(1_500, "x")), ZERO));

    assertThat(server.pull(ZERO).documents()).isEmpty();
  }

  @Test
  void aDeletionLosesToALaterRemovalOfAField() {
    HybridTimestamp base = create();
    server.push(base, edit("plan", "{}", Map.of("title", T3), base));

    Answer deletion = server.push(base, delete("plan", T2, base));

    assertThat(deletion.isTombstone("plan")).isFalse();
    assertThat(deletion.conflicts().get(0).field()).isEqualTo("_deleted");
    assertThat(deletion.conflicts().get(0).winner()).isEqualTo(Winner.REMOTE);
  }

  @Test
  void aRemovalOfAFieldThatIsLaterThanTheDeletionBringsTheDocumentBackToo() {
    HybridTimestamp base =
        server.push(ZERO, edit("plan", "{'a':1,'b':1}", Map.of("a", T1, "b", T1), ZERO)).clock();
    server.push(base, delete("plan", T2, base));

    Answer removal = server.push(base, edit("plan", "{'a':1}", Map.of("b", T3), base));

    assertThat(removal.conflicts().get(0).winner()).isEqualTo(Winner.LOCAL);
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'a':1}"));
  }

  @Test
  void anEditFromBeforeADeletionDoesNotComeIntoTheDocumentThatWasBroughtBack() {
    HybridTimestamp base = create();
    server.push(base, delete("plan", T3, base));
    server.push(base, edit("plan", "{'title':2}", Map.of("title", T5), base));

    Answer earlier =
        server.push(base, edit("plan", "{'title':1,'new':9}", Map.of("new", T2), base));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':2}"));
    assertThat(earlier.conflicts()).extracting(conflict -> conflict.field()).containsExactly("new");
  }

  @Test
  void anEditToTheSameValueKeepsADocumentFromAnEarlierDeletion() {
    HybridTimestamp base = create();
    server.push(base, edit("plan", "{'title':1}", Map.of("title", T3), base));

    Answer deletion = server.push(base, delete("plan", T2, base));

    assertThat(deletion.isTombstone("plan")).isFalse();
    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':1}"));
  }

  @Test
  void aDocumentWithoutClocksIsNotDeletedByWhoDidNotKnowIt() {
    server.millis += 60_000;
    server.push(ZERO, edit("plan", "{'title':1}", Map.of(), ZERO));

    server.push(ZERO, delete("plan", T2, ZERO));

    assertThat(server.pull(ZERO).fields("plan")).isEqualTo(json("{'title':1}"));
  }

  @Test
  void whatAStaleCopyBringsBackAfterAPurgeLosesToALaterEdit() {
    HybridTimestamp base =
        server.push(ZERO, edit("plan", "{'a':1,'b':1}", Map.of("a", T1, "b", T1), ZERO)).clock();
    server.push(base, delete("plan", at(1_100, "x"), base));
    server.millis += SyncSettings.DEFAULT.tombstoneRetention().toMillis() + 60_000;
    purge();
    server.push(base, edit("plan", "{'a':2,'b':1}", Map.of("a", T3), base));

    Answer later = server.push(base, edit("plan", "{'a':1,'b':7}", Map.of("b", T4), base));

    assertThat(later.fields("plan")).isEqualTo(json("{'a':2,'b':7}"));
  }

  private void purge() {
    server.engine().purge();
  }
}
