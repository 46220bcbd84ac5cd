package dev.landfall.engine;

import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.delete;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.sqlite.SqliteProvider;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Faults;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FolderInMemory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push of twenty changes, with the store failing at each of its calls in turn. */
class CrashPointsTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;

  private int files;

  @Test
  void overTheMemoryStoreAPushIsStoredWholeOrNotAtAllWhereverTheStoreFails() {
    everyCrashPoint(() -> new MemoryProvider().open(new StoreSettings(Map.of())));
  }

  @Test
  void overSqliteAPushIsStoredWholeOrNotAtAllWhereverTheStoreFails(
      @TempDir(factory = FolderInMemory.class) Path folder) {
    everyCrashPoint(
        () ->
            new SqliteProvider()
                .open(
                    new StoreSettings(
                        Map.of(
                            SqliteProvider.FILE,
                            folder.resolve("store" + files++ + ".db").toString()))));
  }

  private static void everyCrashPoint(Supplier<StoreBackend> stores) {
    Map<String, JsonObject> expected;
    long calls;
    try (StoreBackend store = stores.get()) {
      HybridTimestamp base = prepare(store);
      FaultyBackend counting = new FaultyBackend(store, Faults.NONE);
      serverOn(counting, 2).push(base, changes(base));
      calls = counting.calls();
      expected = contents(store);
    }
    assertThat(calls).isBetween(3L, 20L);
    boolean storedThoughRefused = false;
    for (long call = 1; call <= calls; call++) {
      for (Moment moment : Moment.values()) {
        for (Faults faults :
            new Faults[] {Faults.once(call, moment), Faults.forGood(call, moment)}) {
          storedThoughRefused |= crash(stores, faults, expected, call + " " + moment);
        }
      }
    }
    assertThat(storedThoughRefused).isTrue();
  }

  /** Whether the push was stored although it was not acknowledged. */
  private static boolean crash(
      Supplier<StoreBackend> stores,
      Faults faults,
      Map<String, JsonObject> expected,
      String where) {
    try (StoreBackend store = stores.get()) {
      HybridTimestamp base = prepare(store);
      Map<String, JsonObject> before = contents(store);

      boolean acknowledged = acknowledged(new FaultyBackend(store, faults), base);

      Map<String, JsonObject> after = contents(store);
      assertThat(after).describedAs(where).isIn(before, expected);
      if (acknowledged) {
        assertThat(after).describedAs(where).isEqualTo(expected);
      }
      Answer retry = serverOn(store, 3).push(base, changes(base));
      assertThat(retry.conflicts()).describedAs(where).isEmpty();
      assertThat(contents(store)).describedAs(where).isEqualTo(expected);
      if (after.equals(expected)) {
        assertThat(retry.clock())
            .describedAs(where)
            .isEqualTo(serverOn(store, 4).pull(ZERO).clock());
      }
      return !acknowledged && after.equals(expected);
    }
  }

  private static boolean acknowledged(FaultyBackend faulty, HybridTimestamp base) {
    try {
      serverOn(faulty, 2).push(base, changes(base));
      return true;
    } catch (SyncException e) {
      assertThat(e.problem()).isEqualTo(SyncProblem.UNAVAILABLE);
      return false;
    } catch (dev.landfall.api.store.StoreUnavailableException e) {
      return false; // while the answer was being delivered
    }
  }

  private static HybridTimestamp prepare(StoreBackend store) {
    Change[] existing = new Change[10];
    for (int i = 0; i < existing.length; i++) {
      existing[i] = edit("task" + i, "{'title':'old'}", Map.of("title", at(i, "phone")), ZERO);
    }
    return serverOn(store, 1).push(ZERO, existing).clock();
  }

  private static Change[] changes(HybridTimestamp base) {
    Change[] changes = new Change[20];
    for (int i = 0; i < changes.length; i++) {
      HybridTimestamp clock = at(1_000 + i, "phone");
      changes[i] =
          i < 5
              ? delete("task" + i, clock, base)
              : edit("task" + i, "{'title':'new'}", Map.of("title", clock), i < 10 ? base : ZERO);
    }
    return changes;
  }

  private static Map<String, JsonObject> contents(StoreBackend store) {
    Answer all = serverOn(store, 9).pull(ZERO);
    Map<String, JsonObject> contents = new LinkedHashMap<>();
    for (String key : all.order()) {
      contents.put(key, all.fields(key));
    }
    return contents;
  }

  private static TestServer serverOn(StoreBackend store, long seed) {
    TestServer server = new TestServer(SyncSettings.DEFAULT, CollectionDefinition.FREE_FORM, store);
    server.millis += 5_000;
    server.restart(seed);
    return server;
  }
}
