package dev.landfall.benchmarks;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An engine over a store, with a clock of its own. For one thread. */
final class Server {
  private static final long START = 1_764_000_000_000L;

  private final SyncEngine engine;
  private long millis = START;

  Server(StoreBackend store) {
    this.engine =
        new SyncEngine(
            store,
            List.of(new ApplicationDefinition(Device.PLANNER, "", Map.of())),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(millis),
            new Random(1),
            EngineObserver.NONE);
  }

  SyncEngine engine() {
    return engine;
  }

  void pass(Duration time) {
    millis += time.toMillis();
  }

  HybridTimestamp now(String device) {
    return new HybridTimestamp(millis, 0, device);
  }
}
