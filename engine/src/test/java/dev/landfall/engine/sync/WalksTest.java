package dev.landfall.engine.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WalksTest {
  private final Walks one = new Walks(1);

  private static void assertRefused(Runnable search) {
    assertThatThrownBy(search::run)
        .isInstanceOfSatisfying(
            SyncException.class, e -> assertThat(e.problem()).isEqualTo(SyncProblem.RATE_LIMITED));
  }

  /** Who waits is interrupted here, instead of for as long as it takes. */
  private int impatiently() {
    Thread.currentThread().interrupt();
    try {
      return one.walk(() -> 2);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whoFindsNoPlaceIsRefusedAndDoesNothing() {
    int walked =
        one.walk(
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
                one.walk(
                    () -> {
                      throw new IllegalStateException("the store");
                    }))
        .hasMessage("the store");

    assertThat(one.walk(() -> 3)).isEqualTo(3);
  }
}
