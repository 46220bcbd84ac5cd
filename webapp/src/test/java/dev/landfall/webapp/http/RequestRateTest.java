package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestRateTest {
  private static final String ALICE = "user:alice";
  private static final String BOB = "user:bob";

  private long nanos = Long.MAX_VALUE - 1; // where it turns over next
  private final RequestRate sixty = new RequestRate(60, 100, () -> nanos);

  private void take(String user, int times) {
    for (int i = 0; i < times; i++) {
      sixty.take(user);
    }
  }

  private void assertRefused(String user, long retrySeconds) {
    assertThatThrownBy(() -> sixty.take(user))
        .isInstanceOfSatisfying(
            TooManyRequestsException.class,
            e -> assertThat(e.retrySeconds()).isEqualTo(retrySeconds));
  }

  private void passMillis(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void aMinutesWorthGoesAtOnceAndNoMore() {
    take(ALICE, 60);

    assertRefused(ALICE, 1);
    assertRefused(ALICE, 1);
  }

  @Test
  void whoIsRefusedGetsInWhenToldAndNotBefore() {
    take(ALICE, 60);

    passMillis(999);
    assertRefused(ALICE, 1);
    passMillis(1);
    take(ALICE, 1);
    assertRefused(ALICE, 1);
  }

  @Test
  void whoWaitsAMinuteHasAMinutesWorthAgain() {
    take(ALICE, 60);

    passMillis(600_000);

    take(ALICE, 60);
    assertRefused(ALICE, 1);
  }

  @Test
  void aSlowRateSaysHowLongItTakes() {
    RequestRate two = new RequestRate(2, 100, () -> nanos);
    two.take(ALICE);
    two.take(ALICE);

    passMillis(4_500);
    assertThatThrownBy(() -> two.take(ALICE))
        .isInstanceOfSatisfying(
            TooManyRequestsException.class, e -> assertThat(e.retrySeconds()).isEqualTo(26));
  }

  @Test
  void nobodyElseIsRefused() {
    take(ALICE, 60);

    take(BOB, 60);
  }

  @Test
  void withoutARateAnybodyCallsAsOftenAsTheyLike() {
    RequestRate none = new RequestRate(0, 100, () -> nanos);

    assertThatCode(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                none.take(ALICE);
              }
            })
        .doesNotThrowAnyException();
    assertThat(none.size()).isZero();
  }

  @Test
  void whatIsRememberedIsBoundedAndGoesWithTime() {
    for (int i = 0; i < 1_000; i++) {
      take("user:user" + i, 1);
    }
    assertThat(sixty.size()).isEqualTo(100);

    passMillis(60_000);
    for (int i = 0; i < 60; i++) {
      take(ALICE, 1);
    }
    assertThat(sixty.size()).isEqualTo(1);
  }
}
