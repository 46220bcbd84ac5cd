package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The simulation is worth what it catches: each of these defects (docs/assurance.md, I25) has to
 * break a promise in few worlds of a kind aimed at it. A snippet that no longer fits fails loudly:
 * then the mutant has to be written anew.
 */
class MutantsTest {
  private static final int SEEDS = 300;

  @Test
  void mutant1ComparingFeedPositionsByTheMillisecondIsCaught() throws Exception {
    assertCaught(
        1,
        "ours",
        new Mutant()
            .store(
                "MemoryFeed.java",
                "!place(used - 1).position.isAfter(after)",
                "place(used - 1).position.millis() <= after.millis()")
            .store(
                "MemoryFeed.java",
                "if (place(middle).position.isAfter(after)) {",
                "if (place(middle).position.millis() > after.millis()) {"));
  }

  @Test
  void mutant2AClockDrawnWithoutTheLogIsCaught() throws Exception {
    assertCaught(
        2,
        "interleaved",
        new Mutant()
            .engine(
                "commit/Draft.java",
                "    this.clock = tip.clock();\n",
                "    this.clock = HybridTimestamp.ZERO;\n")
            .store("MemoryApplication.java", "commit.checkFollows(last);", ""));
  }

  @Test
  void mutant3AWriteWithoutCompareAndSetIsCaught() throws Exception {
    assertCaught(
        3,
        "interleaved",
        new Mutant()
            .store(
                "MemoryApplication.java",
                "if (commit.number() != last.number() + 1) {",
                "if (commit.number() != last.number() + 1 && isRepetition(commit, last)) {")
            .store("MemoryApplication.java", "commit.checkFollows(last);", "")
            .store(
                "MemoryApplication.java",
                "tip = new Tip(commit.number(), commit.clock());",
                "tip = new Tip(last.number() + 1,"
                    + " HybridTimestamp.later(last.clock(), commit.clock()));"));
  }

  @Test
  void mutant4ACursorAheadOfTheLogIsCaught() throws Exception {
    assertCaught(
        4,
        "ours",
        new Mutant()
            .engine(
                "sync/Pull.java",
                "HybridTimestamp last = tip.clock();",
                "HybridTimestamp last = new HybridTimestamp("
                    + "tip.clock().millis(), tip.clock().sequence() + 1, tip.clock().node());"));
  }

  @Test
  void mutant5AClockThatPassesNoEditsOfWhatChangesNothingIsCaught() throws Exception {
    assertCaught(
        5,
        "skewed adapters",
        new Mutant()
            .engine("commit/Draft.java", "return clock.isAfter(tip.clock());", "return false;")
            .engine(
                "sync/Push.java",
                "outcome.effect() != Effect.NONE",
                "outcome.effect() == Effect.REVISION"));
  }

  @Test
  void mutant6ClampingClocksInsteadOfRefusingThemIsCaught() throws Exception {
    assertCaught(
        6,
        "far ahead",
        new Mutant()
            .engine(
                "sync/PushValidation.java",
                "      allowed = checkDrift(change, wallMillis, allowed);\n",
                "      if (wallMillis < 0) allowed = checkDrift(change, wallMillis, allowed);\n")
            .engine(
                "sync/PushValidation.java",
                "return checkSchema(request);",
                "return checkSchema(request, wallMillis + settings.maxDrift().toMillis());")
            .engine(
                "sync/PushValidation.java",
                "  private Result checkSchema(SyncRequest request) {",
                """
                  private static Change clamped(Change change, long most) {
                    Map<String, HybridTimestamp> stamps = new java.util.HashMap<>();
                    change.stamps().forEach((path, clock) -> stamps.put(path, clock.millis() > most
                        ? new HybridTimestamp(most, 0, clock.node()) : clock));
                    return new Change(
                        change.key(), change.fields(), stamps, change.baseClock(), change.base());
                  }

                  private Result checkSchema(SyncRequest request, long most) {
                """)
            .engine(
                "sync/PushValidation.java",
                "valid.add(change);",
                "valid.add(clamped(change, most));"));
  }

  @Test
  void mutant7TheMostExactClockInsteadOfTheLatestIsCaught() throws Exception {
    assertCaught(
        7,
        "nested legacy",
        new Mutant()
            .engine(
                "merge/EditClocks.java",
                "if (own != null && (above == null || !above.isAfter(own))) {",
                "if (own != null) {"));
  }

  @Test
  void mutant8AbsenceUnderACoarseClockTakenForARemovalIsCaught() throws Exception {
    assertCaught(
        8,
        "nested legacy",
        new Mutant()
            .engine(
                "merge/CopyEdits.java",
                "      return base.value(path) != null;\n",
                "      return base.value(path) != null || copy.base().isZero();\n"));
  }

  @Test
  void mutant9ForgettingRemovedLeavesAtTheNextMergeIsCaught() throws Exception {
    assertCaught(
        9,
        "losses",
        new Mutant()
            .engine(
                "document/StoredForm.java",
                "      if (leaf.getValue().isRemoved()) {",
                "      if (leaf.getValue().isRemoved()"
                    + " && leaf.getValue().commit().equals(document.revision())) {"));
  }

  @Test
  void mutant10MergingTextsFromAnEmptyBaseIsCaught() throws Exception {
    assertCaught(
        10,
        "texts",
        new Mutant()
            .engine(
                "merge/ValueMerge.java", "TextMerge.merge(from.value(),", "TextMerge.merge(\"\","));
  }

  @Test
  void mutant11EnteringDocumentsInFeedsAfterwardsIsCaught() throws Exception {
    assertCaught(
        11,
        "crashes",
        new Mutant()
            .engine(
                "commit/Committer.java",
                "tip.number() + 1, draft.clock(), epoch, tokens.get(), draft.documents(),"
                    + " entries);",
                "tip.number() + 1, draft.clock(), epoch, tokens.get(), draft.documents(),"
                    + " List.of());")
            .engine(
                "commit/Committer.java",
                "      Set<Feed> feeds = new HashSet<>();",
                """
                      append(new Commit(tip.number() + 2,
                          dev.landfall.engine.clock.HybridClock.tick(draft.clock(), 0),
                          epoch, tokens.get(), draft.documents(), entries));
                      Set<Feed> feeds = new HashSet<>();
                """));
  }

  @Test
  void mutant12AGrantThatEntersNoFeedIsCaught() throws Exception {
    assertCaught(
        12,
        "sharing",
        new Mutant()
            .engine(
                "commit/Draft.java",
                "access.put(reader, new Access(FeedEntry.Kind.CHANGED, taken));",
                ""));
  }

  @Test
  void mutant13ARightCheckedBeforeTheCommitAndNotInItIsCaught() throws Exception {
    assertCaught(
        13,
        "writers who leave",
        new Mutant()
            .engine(
                "sync/Push.java",
                "  public List<PushResult> decide(Draft draft) {\n    caller.admit();\n",
                "  public List<PushResult> decide(Draft draft) {\n"));
  }

  @Test
  void mutant14ADeletionThatLeavesTheHistoryIsCaught() throws Exception {
    assertCaught(
        14,
        "leavers",
        new Mutant()
            .engine(
                "commit/Draft.java",
                "new Version(Document.erased(document.id(), taken), History.NONE, false,",
                "new Version(Document.erased(document.id(), taken), history(document.id()), false,")
            .engine(
                "document/StoredForm.java",
                "return StoredDocument.erased(document.id(), document.revision(), wire);",
                "return new StoredDocument(document.id(), document.revision(), true, wire,"
                    + " StoredDocument.NOTHING, history);"));
  }

  @Test
  void mutant15NamesEscapedWithoutThePercentSignAreCaught() throws Exception {
    assertCaught(
        15,
        "names",
        new Mutant()
            .engine(
                "document/LeafPath.java",
                "name.replace(\"%\", \"%25\").replace(\".\", \"%2E\")",
                "name.replace(\".\", \"%2E\")"));
  }

  @Test
  void mutant16IgnoringTheBaseOfASingleChangeIsCaught() throws Exception {
    assertCaught(
        16,
        "drops",
        new Mutant()
            .engine(
                "sync/Push.java",
                "copyOf(change, change.baseClock(), baseLost)",
                "copyOf(change, request.clientClock(), baseLost)"));
  }

  @Test
  void theEngineAsItIsBreaksNoPromiseInTheseWorlds() throws Exception {
    for (String worlds :
        new String[] {
          "ours",
          "interleaved",
          "crashes",
          "skewed legacy",
          "skewed adapters",
          "skewed deletions",
          "far ahead",
          "nested legacy",
          "losses",
          "texts",
          "drops",
          "sharing",
          "members",
          "leavers",
          "names"
        }) {
      assertThat(Hunt.run(worlds, 40)).as(worlds).isEmpty();
    }
  }

  private static void assertCaught(int number, String worlds, Mutant mutant)
      throws IOException, ReflectiveOperationException {
    Optional<String> caught = mutant.huntedIn(worlds, SEEDS);

    assertThat(caught).as("what is said of mutant " + number).isPresent();
    System.out.println(
        "mutant " + number + " caught in " + worlds + " after " + caught.orElseThrow());
  }
}
