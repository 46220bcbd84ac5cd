package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.START;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomAnswer.Refusal;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.atom.AtomDocument;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.commit.Draft;
import dev.landfall.store.tck.FreshSeed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Documents read and written by version and millisecond. */
class AtomTest {
  private final TestServer server = new TestServer();

  record Seen(List<AtomDocument> documents, AtomPull.End end, boolean resync) {
    AtomDocument only() {
      assertThat(documents).hasSize(1);
      return documents.get(0);
    }

    long now() {
      return end.nowMillis();
    }
  }

  private Seen pull(SyncEngine engine, UserId user, long since, AtomPull.Page page) {
    List<AtomDocument> documents = new ArrayList<>();
    try {
      AtomPull pull = engine.atoms(TODO, user, user, TASKS, since, page);
      return new Seen(documents, pull.deliver(documents::add), pull.isResync());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Seen pull(long since) {
    return pull(server.engine(), ALICE, since, AtomPull.Page.ALL);
  }

  private static AtomChange put(String key, String fields, long version) {
    return put(Optional.empty(), key, fields, version);
  }

  private static AtomChange put(Optional<String> owner, String key, String fields, long version) {
    return new AtomChange(
        TASKS,
        owner,
        Optional.of(new DocumentKey(key)),
        Optional.of(Vectors.json(fields)),
        version);
  }

  private static AtomChange delete(String key, long version) {
    return new AtomChange(
        TASKS, Optional.empty(), Optional.of(new DocumentKey(key)), Optional.empty(), version);
  }

  private AtomAnswer write(AtomChange... changes) {
    return server.engine().writeAtoms(TODO, ALICE, ALICE, List.of(changes));
  }

  private static Optional<Refusal> refusal(AtomAnswer answer) {
    return answer.results().get(0).refusal();
  }

  private long commits() {
    return server.engine().lastCommit(TODO);
  }

  @Test
  void eachRevisionIsOneVersionLater() {
    assertThat(write(put("1", "{\"a\":1}", 0)).results().get(0).document().orElseThrow().version())
        .isEqualTo(1);
    assertThat(write(put("1", "{\"a\":2}", 1)).results().get(0).document().orElseThrow().version())
        .isEqualTo(2);
    AtomDocument document = pull(0).only();
    assertThat(document.version()).isEqualTo(2);
    assertThat(document.fields()).isEqualTo(Vectors.json("{\"a\":2}"));
  }

  @Test
  void aRevisionOfAJsonClientCountsAsWell() {
    write(put("1", "{\"a\":1}", 0));
    server.millis += 10;
    server.push(
        HybridTimestamp.ZERO,
        edit("1", "{\"a\":1,\"b\":2}", Map.of("b", at(5, "phone")), HybridTimestamp.ZERO));

    assertThat(pull(0).only().version()).isEqualTo(2);
    assertThat(refusal(write(put("1", "{}", 1)))).contains(Refusal.STALE);
    assertThat(refusal(write(put("1", "{}", 2)))).isEmpty();
  }

  @Test
  void aStaleWriteIsAnsweredWithTheDocumentAndStoresNothing() {
    write(put("1", "{\"a\":1}", 0));
    long before = commits();

    AtomAnswer answer = write(put("1", "{\"a\":9}", 0));

    assertThat(refusal(answer)).contains(Refusal.STALE);
    assertThat(answer.results().get(0).document().orElseThrow().fields())
        .isEqualTo(Vectors.json("{\"a\":1}"));
    assertThat(commits()).isEqualTo(before);
  }

  @Test
  void whatIsAcceptedOfARequestIsOneCommit() {
    long before = commits();

    AtomAnswer answer =
        write(
            put("1", "{\"a\":1}", 0),
            put("2", "{}", 7),
            put("3", "{}", 0),
            put("3", "{\"a\":2}", 0));

    assertThat(answer.results().stream().map(result -> result.refusal().isEmpty()))
        .containsExactly(true, false, true, false);
    assertThat(commits()).isEqualTo(before + 1);
    assertThat(pull(0).documents()).hasSize(2);
  }

  @Test
  void writingWhatIsThereStoresNothing() {
    write(put("1", "{\"a\":1}", 0));
    long before = commits();

    AtomAnswer answer = write(put("1", "{\"a\":1}", 1), delete("2", 0));

    assertThat(answer.results()).allMatch(result -> result.refusal().isEmpty());
    assertThat(answer.results().get(0).document().orElseThrow().version()).isEqualTo(1);
    assertThat(commits()).isEqualTo(before);
  }

  @Test
  void anIntegerAndAFloatAreDifferent() {
    write(put("1", "{\"a\":1}", 0));
    write(put("1", "{\"a\":1.0}", 1));

    assertThat(pull(0).only().fields().toString()).contains("1.0");
  }

  @Test
  void aDeletionIsToldAndARevivalFollowsIt() {
    write(put("1", "{\"a\":1}", 0));
    long now = pull(0).now();
    server.millis++;
    write(delete("1", 1));

    AtomDocument gone = pull(now).only();
    assertThat(gone.deleted()).isTrue();
    assertThat(gone.version()).isEqualTo(2);
    assertThat(refusal(write(put("1", "{}", 0)))).contains(Refusal.STALE);
    assertThat(refusal(write(put("1", "{\"b\":1}", 2)))).isEmpty();
    assertThat(pull(0).only().deleted()).isFalse();
  }

  @Test
  void whoAsksAgainHearsNothingTwiceAndWritesNothing() {
    write(put("1", "{}", 0));
    server.push(HybridTimestamp.ZERO, edit("2", "{}", Map.of(), HybridTimestamp.ZERO));
    Seen first = pull(0);
    long commits = commits();

    assertThat(first.documents()).hasSize(2);
    for (int i = 0; i < 5; i++) {
      Seen again = pull(first.now());
      assertThat(again.documents()).isEmpty();
      assertThat(again.now()).isGreaterThanOrEqualTo(first.now());
      assertThat(again.resync()).isFalse();
    }
    assertThat(commits()).isEqualTo(commits);
    assertThat(first.documents()).allMatch(document -> document.updatedMillis() <= first.now());
  }

  @Test
  void aPullInAnEmptyLogWritesNothing() {
    assertThat(pull(0).now()).isZero();
    assertThat(commits()).isZero();
  }

  @Test
  void changesOfOthersDoNotMakeAReaderWrite() {
    server.engine().writeAtoms(TODO, BOB, BOB, List.of(put("1", "{}", 0)));
    server.push(HybridTimestamp.ZERO, edit("2", "{}", Map.of(), HybridTimestamp.ZERO));
    long commits = commits();

    assertThat(pull(server.engine(), BOB, 0, AtomPull.Page.ALL).documents()).hasSize(1);

    assertThat(commits()).isEqualTo(commits);
  }

  @Test
  void afterAMillisecondWasHandedOutEveryCommitOnEveryNodeIsLater() {
    SyncEngine other = server.start(2);
    Random random = new Random(FreshSeed.of(AtomTest.class));
    Map<String, Long> versions = new java.util.HashMap<>();
    Map<String, Long> known = new java.util.HashMap<>();
    long since = 0;
    for (int i = 0; i < 500; i++) {
      SyncEngine node = random.nextBoolean() ? server.engine() : other;
      server.millis +=
          random.nextInt(10) == 0 ? random.nextInt(2_000) - 900 : 0; // often stands still
      String key = "k" + random.nextInt(4);
      if (random.nextInt(3) > 0) {
        AtomAnswer answer =
            node.writeAtoms(
                TODO,
                ALICE,
                ALICE,
                List.of(put(key, "{\"n\":" + i + "}", versions.getOrDefault(key, 0L))));
        AtomDocument document = answer.results().get(0).document().orElseThrow();
        assertThat(document.updatedMillis()).isGreaterThan(since);
        versions.put(key, document.version());
      } else {
        Seen seen = pull(node, ALICE, since, AtomPull.Page.ALL);
        assertThat(seen.resync()).isFalse();
        assertThat(seen.now()).isGreaterThanOrEqualTo(since);
        since = seen.now();
        seen.documents().forEach(one -> known.put(one.key().value(), one.version()));
        assertThat(known).isEqualTo(versions);
      }
    }
  }

  @Test
  void askingDoesNotDriveTheClockAway() {
    write(put("0", "{}", 0));
    server.millis -= 2 * Draft.MAX_LEAD;
    long before = pull(0).now();
    for (int i = 0; i < 20; i++) {
      write(put("1", "{\"n\":" + i + "}", i));
      pull(0);
    }

    assertThat(pull(0).now()).isEqualTo(before);
    assertThat(pull(before).documents().stream().map(AtomDocument::version)).contains(20L);

    server.millis += 2 * Draft.MAX_LEAD + 1;
    assertThat(pull(pull(before).now()).documents()).isEmpty();
  }

  @Test
  void pagesEndBetweenMillisecondsAndLeaveNothingOut() {
    for (int i = 0; i < 20; i++) {
      server.millis++;
      write(put("a" + i, "{}", 0), put("b" + i, "{}", 0), put("c" + i, "{}", 0));
    }
    List<String> keys = new ArrayList<>();
    Seen seen = pull(server.engine(), ALICE, 0, new AtomPull.Page(2, 1_000_000));
    while (seen.end().more()) {
      assertThat(seen.documents()).hasSize(3);
      seen.documents().forEach(one -> keys.add(one.key().value()));
      seen = pull(server.engine(), ALICE, seen.now(), new AtomPull.Page(2, 1_000_000));
    }
    seen.documents().forEach(one -> keys.add(one.key().value()));

    assertThat(keys).hasSize(60).doesNotHaveDuplicates();
  }

  @Test
  void aMillisecondThatWasNeverHandedOutIsServedAsZero() {
    write(put("1", "{}", 0));

    Seen seen = pull(START + 1_000_000_000L);

    assertThat(seen.resync()).isTrue();
    assertThat(seen.documents()).hasSize(1);
  }

  @Test
  void whoHasMissedAForgottenDeletionIsToldEverything() {
    write(put("1", "{}", 0), put("2", "{}", 0));
    long now = pull(0).now();
    server.millis++;
    write(delete("1", 1));
    server.millis += java.time.Duration.ofDays(200).toMillis();
    while (server.engine().purge() > 0) {
      // until nothing is left
    }

    Seen seen = pull(now);

    assertThat(seen.resync()).isTrue();
    assertThat(seen.documents().stream().map(one -> one.key().value())).containsExactly("2");
  }

  @Test
  void aJsonClientsOfflineEditOfAnotherFieldSurvivesAWrite() {
    write(put("1", "{\"a\":1,\"b\":1}", 0));
    HybridTimestamp base = server.pull(HybridTimestamp.ZERO).clock();
    server.millis += 10;
    write(put("1", "{\"a\":2,\"b\":1}", 1));
    server.millis += 10;
    server.push(base, edit("1", "{\"a\":1,\"b\":5}", Map.of("b", at(5, "phone")), base));

    assertThat(pull(0).only().fields()).isEqualTo(Vectors.json("{\"a\":2,\"b\":5}"));
    assertThat(pull(0).only().version()).isEqualTo(3);
  }

  @Test
  void aFirstWriteIsOnesOwnWhateverOthersShareUnderTheKey() {
    write(put("settings", "{'theme':'theirs'}", 0));
    share("settings", true);

    AtomAnswer answer =
        server.engine().writeAtoms(TODO, BOB, BOB, List.of(put("settings", "{'theme':'mine'}", 0)));

    assertThat(refusal(answer)).isEmpty();
    assertThat(pull(0).documents().get(0).fields()).isEqualTo(Vectors.json("{'theme':'theirs'}"));
    assertThat(pull(server.engine(), BOB, 0, AtomPull.Page.ALL).documents())
        .extracting(AtomDocument::owner)
        .containsExactlyInAnyOrder(Optional.empty(), Optional.of(ALICE));
  }

  @Test
  void aDocumentOfSomebodyElseIsWrittenByItsOwner() {
    write(put("plan", "{'n':1}", 0));
    share("plan", true);
    Optional<String> alice = Optional.of(ALICE.value());

    AtomAnswer answer =
        server.engine().writeAtoms(TODO, BOB, BOB, List.of(put(alice, "plan", "{'n':2}", 1)));

    assertThat(refusal(answer)).isEmpty();
    assertThat(answer.results().get(0).document().orElseThrow().owner()).contains(ALICE);
    assertThat(pull(0).documents().get(0).fields()).isEqualTo(Vectors.json("{'n':2}"));
  }

  @Test
  void whatMayOnlyBeReadIsForbiddenAndWhatMayNotBeReadIsForbiddenWithoutAWord() {
    write(put("plan", "{'n':1}", 0), put("secret", "{'n':1}", 0));
    share("plan", false);
    Optional<String> alice = Optional.of(ALICE.value());

    AtomAnswer answer =
        server
            .engine()
            .writeAtoms(
                TODO,
                BOB,
                BOB,
                List.of(
                    put(alice, "plan", "{'n':2}", 1),
                    put(alice, "secret", "{'n':2}", 1),
                    put(alice, "none", "{'n':2}", 1)));

    assertThat(answer.results())
        .extracting(AtomAnswer.Result::refusal)
        .containsOnly(Optional.of(Refusal.FORBIDDEN));
    assertThat(answer.results())
        .extracting(result -> result.document().isPresent())
        .containsExactly(true, false, false);
  }

  @Test
  void anAcceptedWriteThatComesASecondTimeIsAcceptedAgain() {
    write(put("plan", "{'n':1}", 0));
    write(put("plan", "{'n':2}", 1));

    AtomAnswer again = write(put("plan", "{'n':2}", 1));
    AtomAnswer other = write(put("plan", "{'n':3}", 1));
    write(delete("plan", 2));
    AtomAnswer deletedAgain = write(delete("plan", 2));

    assertThat(refusal(again)).isEmpty();
    assertThat(again.results().get(0).document().orElseThrow().version()).isEqualTo(2);
    assertThat(refusal(other)).contains(Refusal.STALE);
    assertThat(refusal(deletedAgain)).isEmpty();
  }

  private void share(String key, boolean writes) {
    server.engine().share(TODO, ALICE, ALICE, TestServer.id(key), Sharer.with(BOB, writes));
  }
}
