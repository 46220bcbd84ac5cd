package dev.landfall.engine.stores;

import static dev.landfall.engine.stores.ErasedWorld.ALICE;
import static dev.landfall.engine.stores.ErasedWorld.CONTENT;
import static dev.landfall.engine.stores.ErasedWorld.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** In which order a user is deleted, while an old device of hers goes on. */
class ErasureOrderTest {
  private static final Set<Operation> REMOVALS =
      EnumSet.of(Operation.APPEND, Operation.ERASE, Operation.SCRUB, Operation.OWNED);

  @Test
  void nothingIsTakenAwayBeforeItIsKnownThatSheIsGone() {
    MemoryBackend store = new MemoryBackend(1L << 30);
    ErasedWorld world = new ErasedWorld(store).settled();
    DeletedUsers marks = new DeletedUsers(store.directory(), world.time);
    List<Operation> early = new ArrayList<>();
    List<Operation> late = new ArrayList<>();
    FaultyBackend watched =
        new FaultyBackend(
            store,
            (call, moment) -> {
              if (REMOVALS.contains(call.operation()) && moment == Moment.BEFORE) {
                (marks.deletedAt(ALICE).isPresent() ? late : early).add(call.operation());
              }
              return false;
            });
    long now = world.millis / 1_000;

    world.erasures(watched).user(ALICE, now - 100, now + 1_000);

    assertThat(early).isEmpty();
    assertThat(late).contains(Operation.APPEND, Operation.ERASE);
  }

  @Test
  void whatAnOldDeviceSendsInTheMiddleOfADeletionIsGoneWithTheRest() {
    int refused = 0;
    int taken = 0;
    boolean reached = true;
    for (int call = 1; reached; call++) {
      int number = call;
      MemoryBackend store = new MemoryBackend(1L << 30);
      ErasedWorld world = new ErasedWorld(store).settled();
      DeletedUsers marks = new DeletedUsers(store.directory(), world.time);
      long since = world.millis / 1_000 - 100;
      boolean[] sent = {false, false};
      FaultyBackend interrupted =
          new FaultyBackend(
              store,
              (one, moment) -> {
                if (one.number() == number && moment == Moment.BEFORE) {
                  sent[0] = true;
                  sent[1] = isTaken(world, store, marks, since, number);
                }
                return false;
              });

      world.erasures(interrupted).user(ALICE, since, since + 1_000);

      reached = sent[0];
      if (reached) {
        assertThat(HeapScan.holds(store, "l4te-" + CONTENT)).as("call " + call).isFalse();
        taken += sent[1] ? 1 : 0;
        refused += sent[1] ? 0 : 1;
      }
    }

    assertThat(taken).as("before it is decided").isPositive();
    assertThat(refused).as("afterwards").isGreaterThan(taken);
  }

  private static boolean isTaken(
      ErasedWorld world, MemoryBackend store, DeletedUsers marks, long since, int number) {
    try {
      world.push(
          world.engine(store, TODO).admitting((user, owner) -> marks.check(user, since)),
          TODO,
          ALICE,
          ALICE,
          "late" + number,
          "{'a':'l4te-" + CONTENT + "'}");
      return true;
    } catch (SyncException e) {
      assertThat(e.problem()).as("call " + number).isEqualTo(SyncProblem.UNAUTHORIZED);
      return false;
    }
  }
}
