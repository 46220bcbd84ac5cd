package dev.landfall.webapp.sharing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GuessesTest {
  private static final String MALLORY = "192.0.2.1";

  private long millis = 1_764_000_000_000L;
  private final Guesses guesses = new Guesses(() -> Instant.ofEpochMilli(millis));

  private void miss(String address, int times) {
    for (int i = 0; i < times; i++) {
      guesses.check(address);
      guesses.missed(address);
    }
  }

  private void assertRefused(String address) {
    assertThatThrownBy(() -> guesses.check(address))
        .isInstanceOfSatisfying(
            SyncException.class,
            e ->
                org.assertj.core.api.Assertions.assertThat(e.problem())
                    .isEqualTo(SyncProblem.RATE_LIMITED));
  }

  @Test
  void twentyLinksThatAreNotThereInAMinuteAreEnough() {
    miss(MALLORY, 20);

    assertRefused(MALLORY);
  }

  @Test
  void aFewAreNoHarm() {
    miss(MALLORY, 10);

    assertThatCode(() -> guesses.check(MALLORY)).doesNotThrowAnyException();
  }

  @Test
  void nobodyElseIsRefused() {
    miss(MALLORY, 20);

    assertThatCode(() -> guesses.check("192.0.2.2")).doesNotThrowAnyException();
  }

  @Test
  void aMinuteLaterItIsForgotten() {
    miss(MALLORY, 20);

    millis += 59_000;
    assertRefused(MALLORY);
    millis += 2_000;
    assertThatCode(() -> guesses.check(MALLORY)).doesNotThrowAnyException();
  }
}
