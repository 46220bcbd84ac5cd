package dev.landfall.engine;

import static dev.landfall.engine.Sharer.of;
import static dev.landfall.engine.Sharer.with;
import static dev.landfall.engine.Sharer.without;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Documents of others that change, come and go while a request is being answered. */
class ForeignFeedTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1_000, "phone");
  private static final HybridTimestamp T2 = at(2_000, "tablet");
  private static final HybridTimestamp T3 = at(3_000, "laptop");

  private final MemoryBackend store = new MemoryBackend(1L << 30);
  private final Sharer node = new Sharer(store, 1, () -> TestServer.START + 10_000);
  private final List<Runnable> betweenReads = new ArrayList<>();
  private final Sharer slow = new Sharer(interrupted(), 2, () -> TestServer.START + 10_000);
  private int reads;

  /** Does one thing before each read of a feed but the first. */
  private FaultyBackend interrupted() {
    return new FaultyBackend(
        store,
        (call, moment) -> {
          boolean read = call.operation() == Operation.FEED && moment == Moment.BEFORE;
          if (read && reads++ > 0 && !betweenReads.isEmpty()) {
            betweenReads.remove(0).run();
          }
          return false;
        });
  }

  private HybridTimestamp alicesPlan() {
    return node.sync(ALICE, ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO)).clock();
  }

  /** So many documents that they are read in several pieces, all behind the plan. */
  private void manyMore() {
    Change[] changes = new Change[1_100];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = edit("more-" + i, "{'a':1}", Map.of("a", T1), ZERO);
    }
    node.sync(BOB, ZERO, changes);
  }

  @Test
  void aVersionThatComesWhileAPullGoesOnIsNotTakenForTheOneBefore() {
    HybridTimestamp base = alicesPlan();
    node.share(ALICE, ALICE, "plan", with(BOB, false));
    manyMore();
    betweenReads.add(() -> node.sync(ALICE, base, edit("plan", "{'a':2}", Map.of("a", T2), base)));

    Answer answer = slow.sync(BOB, ZERO);

    assertThat(answer.order().stream().filter("plan"::equals)).hasSize(2);
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':2}"));
  }

  @Test
  void whatIsRevokedAndGivenAgainWhileAPullGoesOnIsThereInTheEnd() {
    alicesPlan();
    node.share(ALICE, ALICE, "plan", with(BOB, false));
    manyMore();
    betweenReads.add(() -> node.share(ALICE, ALICE, "plan", without(BOB)));
    betweenReads.add(() -> node.share(ALICE, ALICE, "plan", with(BOB, false)));

    Answer answer = slow.sync(BOB, ZERO);
    Answer next = node.sync(BOB, answer.clock());

    Answer last = next.order().contains("plan") ? next : answer;
    assertThat(last.fields("plan")).isEqualTo(Vectors.json("{'a':1}"));
  }

  @Test
  void whatGoesWhileAPullFromZeroGoesOnIsTold() {
    HybridTimestamp base = alicesPlan();
    node.share(ALICE, ALICE, "plan", with(BOB, false));
    HybridTimestamp bobs =
        node.sync(BOB, ZERO, edit("mine", "{'a':1}", Map.of("a", T1), ZERO)).clock();
    manyMore();
    betweenReads.add(
        () -> {
          node.share(ALICE, ALICE, "plan", without(BOB));
          node.sync(BOB, bobs, delete("mine", T3, bobs));
          node.sync(ALICE, base, edit("plan", "{'a':'secret'}", Map.of("a", T2), base));
        });

    Answer answer = slow.sync(BOB, ZERO);

    assertThat(answer.documents().get("plan").get("_revoked")).isNotNull();
    assertThat(answer.isTombstone("mine")).isTrue();
  }

  @Test
  void aRevokeBetweenAPushAndItsPullIsTold() {
    alicesPlan();
    node.share(ALICE, ALICE, "plan", with(BOB, true));
    HybridTimestamp bobs = node.sync(BOB, ZERO).clock();
    reads = 1;
    betweenReads.add(() -> node.share(ALICE, ALICE, "plan", without(BOB)));

    Answer answer = slow.sync(BOB, bobs, of(ALICE, edit("plan", "{'a':2}", Map.of("a", T2), bobs)));

    assertThat(answer.documents().get("plan").get("_revoked")).isNotNull();
  }

  @Test
  void aRefusedEditBringsTheDocumentThoughItWasGivenAgainMeanwhile() {
    HybridTimestamp base = alicesPlan();
    node.share(ALICE, ALICE, "plan", with(BOB, false));
    HybridTimestamp bobs = node.sync(BOB, ZERO).clock();
    node.sync(ALICE, base, edit("plan", "{'a':2}", Map.of("a", T2), base));
    node.share(ALICE, ALICE, "plan", without(BOB));
    node.share(ALICE, ALICE, "plan", with(BOB, false));

    Answer answer = node.sync(BOB, bobs, of(ALICE, edit("plan", "{'a':3}", Map.of("a", T3), bobs)));

    assertThat(answer.order()).containsExactly("plan");
    assertThat(answer.fields("plan")).isEqualTo(Vectors.json("{'a':2}"));
  }
}
