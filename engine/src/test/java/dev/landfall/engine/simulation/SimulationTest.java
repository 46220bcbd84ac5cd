package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Thousands of small worlds. One that fails is reported with its seed and comes again with {@code
 * -Dlandfall.simulation.first=SEED -Dlandfall.simulation.seeds=1}.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("landfall.simulation.first", 0);
  private static final long SEEDS = Long.getLong("landfall.simulation.seeds", 5_000);
  private static final int RUN_TWICE = 50;

  @Test
  void nothingIsLostSkippedOrInventedInAnyWorld() throws Exception {
    long start = System.nanoTime();
    Counters counters = new Counters();
    AtomicReference<Failure> failure = new AtomicReference<>();
    AtomicLong next = new AtomicLong(FIRST);

    inParallel(
        () -> {
          long seed;
          while ((seed = next.getAndIncrement()) < FIRST + SEEDS && failure.get() == null) {
            Outcome outcome = Simulation.run(seed);
            counters.add(outcome.counters());
            if (outcome.failure() != null) {
              failure.compareAndSet(null, outcome.failure());
            }
          }
        });

    Failure found = failure.get();
    if (found != null) {
      fail(Simulation.shrink(found).toString());
    }
    System.out.printf(
        "%,d worlds in %,d ms, none broke a promise: %s%n",
        SEEDS, (System.nanoTime() - start) / 1_000_000, counters);
    if (SEEDS >= 5_000) {
      for (Sometimes what : Sometimes.values()) {
        assertThat(counters.of(what)).as("how often: " + what).isPositive();
      }
    }
  }

  @Test
  void aSeedIsTheSameWorldEachTime() {
    for (long seed = FIRST; seed < FIRST + Math.min(SEEDS, 5_000); seed += RUN_TWICE) {
      Options options = Simulation.options(seed);
      List<Step> steps = Simulation.steps(seed, options);
      List<String> once = new ArrayList<>();
      List<String> again = new ArrayList<>();

      Outcome first = Simulation.run(seed, options, steps, once::add);
      Outcome second = Simulation.run(seed, options, steps, again::add);

      assertThat(second.traceHash()).as("seed " + seed).isEqualTo(first.traceHash());
      assertThat(again).hasSameSizeAs(once);
    }
  }

  private static void inParallel(Runnable work) throws InterruptedException, ExecutionException {
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
