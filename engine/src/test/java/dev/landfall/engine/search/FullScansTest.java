package dev.landfall.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FullScansTest {
  private static final String ALICE = "alice";
  private static final String BOB = "bob";
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration NO_TIME = Duration.ZERO;

  private final FullScans one = new FullScans(1);

  private static void assertRefused(Runnable search) {
    assertThatThrownBy(search::run)
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.RATE_LIMITED));
  }

  /** Who waits is interrupted here, instead of for as long as it takes. */
  private int impatiently() {
    Thread.currentThread().interrupt();
    try {
      return one.scan(ALICE, MINUTE, () -> 2);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whoFindsNoPlaceIsRefusedAndDoesNothing() {
    int walked =
        one.scan(
            ALICE,
            MINUTE,
            () -> {
              assertRefused(this::impatiently);
              return 1;
            });

    assertThat(walked).isEqualTo(1);
    assertThat(one.count()).isEqualTo(1);
  }

  @Test
  void aPlaceIsFreeAgainHoweverTheSearchEnds() {
    assertThatThrownBy(
            () ->
                one.scan(
                    ALICE,
                    MINUTE,
                    () -> {
                      throw new IllegalStateException("the store");
                    }))
        .hasMessage("the store");

    assertThat(one.scan(ALICE, MINUTE, () -> 3)).isEqualTo(3);
  }

  @Test
  void oneSearcherNeverTakesTheLastPlace() {
    FullScans four = new FullScans(4);

    int found =
        four.scan(
            ALICE,
            NO_TIME,
            () ->
                four.scan(
                    ALICE,
                    NO_TIME,
                    () -> {
                      assertRefused(() -> four.scan(ALICE, NO_TIME, () -> 1));
                      return four.scan(BOB, NO_TIME, () -> 2);
                    }));

    assertThat(found).isEqualTo(2);
  }

  @Test
  void onlyAFewOfOneSearcherWait() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<Integer>> waiting = new ArrayList<>();

    one.scan(
        BOB,
        NO_TIME,
        () -> {
          for (int i = 0; i < 20; i++) {
            waiting.add(threads.submit(() -> one.scan(ALICE, MINUTE, () -> 1)));
          }
          while (waiting.stream().filter(Future::isDone).count() < 16) {
            Thread.onSpinWait();
          }
          return 0;
        });

    int found = 0;
    for (Future<Integer> search : waiting) {
      try {
        found += search.get();
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(SyncException.class);
      }
    }
    threads.shutdown();
    assertThat(found).isEqualTo(4);
  }
}
