package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Devices with the replica of this client against real engines: wrong clocks, lost, repeated and
 * reordered messages, edits in flight, failing stores, dying servers and dying devices. A world
 * that fails comes again with {@code -Dlandfall.client.first=SEED -Dlandfall.client.worlds=1}.
 */
class ReplicaWorldsTest {
  private static final long FIRST = Long.getLong("landfall.client.first", 0);
  private static final long WORLDS = Long.getLong("landfall.client.worlds", 2_000);

  @Test
  void nothingIsLostAndAllAgreeInAnyWorld() throws Exception {
    long start = System.nanoTime();
    Counters counters = new Counters();
    AtomicReference<Failure> failure = new AtomicReference<>();
    AtomicLong next = new AtomicLong(FIRST);

    inParallel(
        () -> {
          long seed;
          while ((seed = next.getAndIncrement()) < FIRST + WORLDS && failure.get() == null) {
            Outcome outcome = run(seed);
            counters.add(outcome.counters());
            if (outcome.failure() != null) {
              failure.compareAndSet(null, outcome.failure());
            }
          }
        });

    Failure found = failure.get();
    if (found != null) {
      fail(found.toString(), found.problem());
    }
    System.out.printf(
        "%,d worlds of the Java client in %,d ms, none broke a promise: %s%n",
        WORLDS, (System.nanoTime() - start) / 1_000_000, counters);
    if (WORLDS >= 2_000) {
      assertThat(counters.of(Sometimes.EDIT_IN_FLIGHT)).isPositive();
      assertThat(counters.of(Sometimes.RETRY_AFTER_LOST_ANSWER)).isPositive();
      assertThat(counters.of(Sometimes.CLOCK_DRIFT)).isPositive();
      assertThat(counters.of(Sometimes.RESYNC)).isPositive();
      assertThat(counters.of(Sometimes.PAGED)).isPositive();
    }
  }

  private static Outcome run(long seed) {
    Options options = Simulation.options(seed);
    return Simulation.run(
        seed, options, Simulation.steps(seed, options), World.SILENT, ReplicaClient::new);
  }

  private static void inParallel(Runnable work) throws Exception {
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(processors);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < processors; i++) {
        results.add(threads.submit(work));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
