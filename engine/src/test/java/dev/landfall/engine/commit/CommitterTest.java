package dev.landfall.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoreUnavailableException.Reason;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.store.memory.MemoryBackend;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommitterTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
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

  /** Commits nothing but a clock. */
  private record Wanting(HybridTimestamp floor, CountDownLatch begun, CountDownLatch go)
      implements Submission<Boolean> {
    static Wanting clock(long millis) {
      return new Wanting(
          new HybridTimestamp(millis, 0, "alice"), new CountDownLatch(1), new CountDownLatch(0));
    }

    @Override
    public int size() {
      return 0;
    }

    @Override
    public Set<DocumentId> documents(ApplicationStore store) {
      return Set.of();
    }

    @Override
    public Boolean decide(Draft draft) {
      begun.countDown();
      try {
        return go.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void onAFullDiskWhatThereIsRoomForIsCommittedAlthoughItCameTogetherWithMore() throws Exception {
    try (MemoryBackend store = new MemoryBackend()) {
      ApplicationStore application = store.application(TODO);
      long start = 1_700_000_000_000L;
      HybridTimestamp tooMuch = new HybridTimestamp(start + 500, 0, "alice");
      Committer committer =
          new Committer(
              new ApplicationDefinition(TODO, "", Map.of()),
              fullFrom(tooMuch, application),
              "epoch",
              () -> Instant.ofEpochMilli(start),
              () -> "token",
              Quota.NONE,
              SharingLimits.DEFAULT,
              EngineObserver.NONE);
      Wanting first =
          new Wanting(HybridTimestamp.ZERO, new CountDownLatch(1), new CountDownLatch(1));
      Thread leader = new Thread(() -> committer.submit(first));
      leader.start();
      assertThat(first.begun().await(60, TimeUnit.SECONDS)).isTrue();
      List<String> outcomes = new CopyOnWriteArrayList<>();
      List<Thread> together = new ArrayList<>();
      for (long millis : List.of(start + 100, start + 1_000, start + 200)) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    committer.submit(Wanting.clock(millis));
                    outcomes.add("stored " + (millis - start));
                  } catch (SyncException e) {
                    outcomes.add(e.text() + " " + (millis - start));
                  }
                });
        thread.start();
        together.add(thread);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }

      first.go().countDown();
      leader.join();
      for (Thread thread : together) {
        thread.join();
      }

      assertThat(outcomes)
          .containsExactlyInAnyOrder(
              "stored 100", "the database has no room left 1000", "stored 200");
      assertThat(application.tip().clock()).isGreaterThan(new HybridTimestamp(start + 199, 0, "a"));
    }
  }

  /** A store that has no room for clocks after {@code limit}. */
  private static ApplicationStore fullFrom(HybridTimestamp limit, ApplicationStore store) {
    return (ApplicationStore)
        Proxy.newProxyInstance(
            CommitterTest.class.getClassLoader(),
            new Class<?>[] {ApplicationStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append")
                  && ((Commit) arguments[0]).clock().isAfter(limit)) {
                throw new StoreUnavailableException(Reason.FULL, "append");
              }
              return method.invoke(store, arguments);
            });
  }

  /** Of somebody, of a size; the first waits until it may go on. */
  private record Sized(String author, int size, CountDownLatch gate, List<Integer> order)
      implements Submission<Integer> {
    @Override
    public Set<DocumentId> documents(ApplicationStore store) {
      return Set.of();
    }

    @Override
    public Integer decide(Draft draft) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      order.add(size);
      return size;
    }
  }

  @Test
  void nobodyWaitsForMoreThanOneLargeRequestOfSomebodyElse() throws Exception {
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
      CountDownLatch gate = new CountDownLatch(1);
      List<Integer> order = new CopyOnWriteArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        submit(committer, new Sized("mallory", 10_000 + i, gate, order), threads);
      }
      submit(committer, new Sized("alice", 1, gate, order), threads);
      submit(committer, new Sized("bob", 2, gate, order), threads);

      gate.countDown();
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(order).containsExactly(10_000, 1, 2, 10_001, 10_002, 10_003);
    }
  }

  /** Each in a thread of its own, which waits when this returns. */
  private static void submit(Committer committer, Sized one, List<Thread> threads)
      throws InterruptedException {
    Thread thread = new Thread(() -> committer.submit(one));
    thread.start();
    threads.add(thread);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void authorsTakeTurnsHoweverManyRequestsOneOfThemHas() {
    record Request(String author, int size) implements CommitTurns.Waiting {}
    CommitTurns<Request> turns = new CommitTurns<>();
    for (int i = 1; i <= 3; i++) {
      turns.add(new Request("mallory", i));
    }
    turns.add(new Request("alice", 11));
    turns.add(new Request("bob", 12));

    List<Integer> order = new ArrayList<>();
    for (Request next = turns.nextSmall(); next != null; next = turns.nextSmall()) {
      order.add(next.size());
    }

    assertThat(order).containsExactly(1, 11, 12, 2, 3);
    assertThat(turns.isEmpty()).isTrue();
  }
}
