package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FairPermitsTest {
  private static final String ALICE = "alice";
  private static final String BOB = "bob";

  private final FairPermits places = new FairPermits(48);

  private static int takeAll(FairPermits places, String sender) {
    int taken = 0;
    while (places.enter(sender)) {
      taken++;
    }
    return taken;
  }

  @Test
  void oneSenderLeavesMostPlacesToOthers() {
    assertThat(takeAll(places, ALICE)).isEqualTo(12);
    assertThat(takeAll(places, BOB)).isEqualTo(9);
  }

  @Test
  void whoHasNoneGetsOneAsLongAsOneIsFree() {
    int others = 0;
    while (places.enter("user " + others)) {
      others++;
    }

    assertThat(others).isEqualTo(48);
    assertThat(places.enter(ALICE)).isFalse();
  }

  @Test
  void aPlaceThatIsLeftCanBeTakenAgain() {
    int taken = takeAll(places, ALICE);
    for (int i = 0; i < taken; i++) {
      places.leave(ALICE);
    }

    assertThat(takeAll(places, ALICE)).isEqualTo(taken);
  }

  @Test
  void manySendersAreNeededToFillAllPlaces() {
    int senders = 0;
    while (takeAll(places, "user " + senders) > 0) {
      senders++;
    }

    assertThat(senders).isGreaterThan(8);
  }

  @Test
  void whereSomeAreForEverybodyNobodyIsShutOut() {
    FairPermits shared = new FairPermits(96, 4);
    assertThat(takeAll(shared, ALICE)).isEqualTo(24);

    for (int i = 0; i < 40; i++) {
      assertThat(takeAll(shared, "user " + i)).isGreaterThanOrEqualTo(4);
    }

    assertThat(takeAll(shared, BOB)).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      shared.leave(BOB);
    }
    assertThat(takeAll(shared, BOB)).isEqualTo(4);
    assertThat(takeAll(shared, ALICE)).isZero();
  }
}
