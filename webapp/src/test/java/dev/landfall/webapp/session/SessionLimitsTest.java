package dev.landfall.webapp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionLimitsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration LONGEST = Duration.ofHours(8);

  private final AtomicLong now = new AtomicLong(1_800_000_000L);
  private final SessionTokens tokens =
      new SessionTokens(
          new byte[32],
          "landfall",
          new SessionLimits(IDLE, LONGEST),
          () -> Instant.ofEpochSecond(now.get()));

  private String issue() {
    return tokens.issue(ALICE, Optional.empty(), List.of("dev"));
  }

  @Test
  void aTokenThatIsNotRenewedEndsWhenItIsSaidTo() {
    String token = issue();

    now.addAndGet(IDLE.toSeconds());
    assertThat(tokens.verify(token).user()).isEqualTo(ALICE);

    now.addAndGet(Claims.SKEW + 1);
    assertThatThrownBy(() -> tokens.verify(token)).isInstanceOf(SessionException.class);
  }

  @Test
  void aShortSessionIsRenewedInTime() {
    Session session = tokens.verify(issue());

    now.addAndGet(IDLE.toSeconds() / 3);
    assertThat(tokens.refresh(session)).isEmpty();
    now.addAndGet(1);
    assertThat(tokens.refresh(session)).isPresent();
  }

  @Test
  void whoeverComesAllTheTimeHasToSignInAgainInTheEnd() {
    String token = issue();
    for (long passed = 0; passed < LONGEST.toSeconds(); passed += 900) {
      Session session = tokens.verify(token);
      now.addAndGet(900);
      token = tokens.refresh(session).orElseThrow();
    }
    String last = token;

    now.addAndGet(Claims.SKEW + 1);
    assertThatThrownBy(() -> tokens.verify(last)).isInstanceOf(SessionException.class);
  }

  @Test
  void nobodyIdlesForLongerThanASessionLasts() {
    assertThatThrownBy(() -> new SessionLimits(LONGEST, IDLE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
