package dev.landfall.engine.simulation;

import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** What came of many worlds, which several processors have gone through. */
final class Visits {
  private final Counters counters = new Counters();
  private final Map<String, List<Failure>> failures = new TreeMap<>();
  private final AtomicLong worlds = new AtomicLong();
  private final long started = System.nanoTime();
  private long millis;

  private Visits() {}

  /**
   * Goes through worlds.
   *
   * @param onward whether to go on after a failure
   */
  static Visits of(Seeds seeds, boolean onward, LongFunction<Outcome> run)
      throws InterruptedException, ExecutionException {
    Visits visits = new Visits();
    AtomicLong next = new AtomicLong(seeds.first());
    AtomicBoolean over = new AtomicBoolean();
    long deadline = visits.started + seeds.longest().toNanos();
    inParallel(
        () -> {
          long seed;
          while (!over.get()
              && System.nanoTime() - deadline < 0
              && (seed = next.getAndIncrement()) < seeds.first() + seeds.count()) {
            if (visits.add(run.apply(seed)) && !onward) {
              over.set(true);
            }
          }
        });
    visits.millis = (System.nanoTime() - visits.started) / 1_000_000;
    return visits;
  }

  private boolean add(Outcome outcome) {
    worlds.incrementAndGet();
    counters.add(outcome.counters());
    Failure failure = outcome.failure();
    if (failure != null) {
      synchronized (failures) {
        failures.computeIfAbsent(Shrinking.kind(failure), unused -> new ArrayList<>()).add(failure);
      }
    }
    return failure != null;
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

  long worlds() {
    return worlds.get();
  }

  long millis() {
    return millis;
  }

  Counters counters() {
    return counters;
  }

  /** By the promise they break. */
  Map<String, List<Failure>> failures() {
    return failures;
  }

  /** How many worlds break a promise. */
  long failed() {
    return failures.values().stream().mapToLong(List::size).sum();
  }

  @Override
  public String toString() {
    return String.format(
        "%,d worlds in %,d ms, %,d broke a promise: %s", worlds(), millis, failed(), counters);
  }
}
