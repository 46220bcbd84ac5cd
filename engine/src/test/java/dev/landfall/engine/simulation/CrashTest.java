package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.simulation.SimulatedStore.Crash;
import dev.landfall.engine.simulation.SimulatedStore.Fate;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A node that dies while it stores a request of twenty documents. */
class CrashTest {
  private static final UserId ALICE = new UserId("alice");
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final long NOW = 1_764_000_000_000L;
  private static final int CHANGES = 20;

  @Test
  void aRequestIsStoredWholeOrNotAtAllWhereverTheNodeDies() {
    int callsInAll = 0;
    for (Fate fate :
        List.of(Fate.CRASH_BEFORE, Fate.CRASH_AFTER, Fate.FAIL_BEFORE, Fate.FAIL_AFTER)) {
      boolean reached = true;
      for (int call = 0; reached; call++) {
        MemoryBackend backend = new MemoryBackend();
        int[] calls = {0};
        int fatal = call;
        SyncEngine dying = engine(backend, () -> calls[0]++ == fatal ? fate : Fate.GOOD, 1);
        boolean acknowledged = false;
        try {
          acknowledged = Servers.answer(dying, ALICE, push("bread")).isOk();
        } catch (Crash e) {
          assertThat(fate).isIn(Fate.CRASH_BEFORE, Fate.CRASH_AFTER);
        }
        reached = calls[0] > fatal;
        callsInAll += reached ? 1 : 0;

        int listed = listed(backend.application(Servers.APPLICATION));
        SyncEngine next = engine(backend, () -> Fate.GOOD, 2);
        Response pulled =
            Servers.answer(next, ALICE, SyncRequest.pull(TASKS, HybridTimestamp.ZERO));

        assertThat(pulled.documents()).as(fate + " at call " + call).hasSizeBetween(0, CHANGES);
        assertThat(pulled.documents().size()).isIn(0, CHANGES).isEqualTo(listed);
        if (acknowledged) {
          assertThat(pulled.documents()).hasSize(CHANGES);
        }
        Response again = Servers.answer(next, ALICE, push("bread"));
        assertThat(again.isOk()).isTrue();
        assertThat(again.documents()).hasSize(CHANGES);
      }
    }
    assertThat(callsInAll).isGreaterThanOrEqualTo(16);
  }

  private static int listed(ApplicationStore store) {
    return store
        .feed(
            Set.of(new Feed(ALICE, TASKS)),
            HybridTimestamp.ZERO,
            store.tip().clock(),
            10_000,
            1L << 30)
        .items()
        .size();
  }

  private static SyncRequest push(String title) {
    List<Change> changes = new ArrayList<>();
    HybridTimestamp stamp = new HybridTimestamp(NOW - 1, 0, "alice-phone");
    for (int i = 0; i < CHANGES; i++) {
      changes.add(
          new Change(
              new DocumentKey("item-" + i),
              Optional.of(JsonObject.builder().put("title", title).build()),
              Map.of("title", stamp),
              HybridTimestamp.ZERO,
              Optional.empty()));
    }
    return SyncRequest.push(TASKS, HybridTimestamp.ZERO, changes);
  }

  private static SyncEngine engine(MemoryBackend backend, Supplier<Fate> fates, long seed) {
    return new SyncEngine(
        new SimulatedStore(backend, fates, commit -> {}),
        List.of(new ApplicationDefinition(Servers.APPLICATION, "", Map.of())),
        SyncSettings.DEFAULT,
        () -> Instant.ofEpochMilli(NOW),
        new SplittableRandom(seed),
        EngineObserver.NONE);
  }
}
