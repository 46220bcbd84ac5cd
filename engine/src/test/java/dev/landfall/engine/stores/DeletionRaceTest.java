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
import org.junit.jupiter.api.Test;

/**
 * A user is deleted through another node in the middle of a request of an old device, before each
 * of its calls of the store: what the request writes is deleted with the rest, or never written.
 */
class DeletionRaceTest {
  @Test
  void aPushOfAnOldDeviceLeavesNothingBehind() {
    int refused = 0;
    int inTime = 0;
    boolean reached = true;
    for (int call = 1; reached; call++) {
      int number = call;
      MemoryBackend store = new MemoryBackend(1L << 30);
      ErasedWorld world = new ErasedWorld(store);
      long since = world.millis / 1_000;
      boolean[] deleted = {false};
      FaultyBackend interrupted =
          new FaultyBackend(
              store,
              (one, moment) -> {
                if (one.number() == number && moment == Moment.BEFORE) {
                  deleted[0] = true;
                  world.erasures(store).user(ALICE, since, since + 1_000);
                }
                return false;
              });
      DeletedUsers marks = new DeletedUsers(interrupted.directory(), world.time);
      try {
        world.push(
            world.engine(interrupted, TODO).admitting((user, owner) -> marks.check(user, since)),
            TODO,
            ALICE,
            ALICE,
            "key",
            "{'a':'" + CONTENT + "'}");
        inTime++;
      } catch (SyncException e) {
        assertThat(e.problem()).as("call " + call).isEqualTo(SyncProblem.UNAUTHORIZED);
        refused++;
      }
      reached = deleted[0];
      if (reached) {
        assertThat(HeapScan.holds(store, CONTENT)).as("call " + call).isFalse();
        assertThat(HeapScan.holds(store, ALICE.value())).as("call " + call).isFalse();
      }
    }

    assertThat(refused).isPositive();
    assertThat(inTime).isPositive();
  }
}
