package dev.landfall.engine.sync;

import static dev.landfall.engine.sync.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.store.memory.MemoryBackend;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommitterTest {
  private static final int THREADS = 8;
  private static final int SUBMISSIONS = 10_000;

  /** Counts how often it was decided. */
  private static final class Counted implements Submission<Integer> {
    private final AtomicInteger decisions = new AtomicInteger();

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Set<DocumentId> documents(ApplicationStore store) {
      return Set.of();
    }

    @Override
    public Integer decide(Draft draft) {
      return decisions.incrementAndGet();
    }
  }

  @Test
  void requestsThatShareCommitsAreDecidedOnceEach() throws Exception {
    try (MemoryBackend store = new MemoryBackend()) {
      Committer committer =
          new Committer(
              new ApplicationDefinition(TODO, "", Map.of()),
              store.application(TODO),
              "epoch",
              InstantSource.system(),
              () -> "token",
              Quota.NONE,
              SharingLimits.DEFAULT,
              EngineObserver.NONE);
      ExecutorService pool = Executors.newFixedThreadPool(THREADS);
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(
            pool.submit(
                () -> {
                  int again = 0;
                  for (int n = 0; n < SUBMISSIONS; n++) {
                    Counted counted = new Counted();
                    committer.submit(counted);
                    again += counted.decisions.get() - 1;
                  }
                  return again;
                }));
      }
      pool.shutdown();

      for (Future<Integer> result : results) {
        assertThat(result.get(60, TimeUnit.SECONDS)).isZero();
      }
    }
  }
}
