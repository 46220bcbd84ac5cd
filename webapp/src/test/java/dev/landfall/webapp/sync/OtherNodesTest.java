package dev.landfall.webapp.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who waits here is woken by commits of other nodes, told of or not. */
class OtherNodesTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");

  private final FeedSubscriptions waiters = new FeedSubscriptions(10);
  private final List<String> woken = new ArrayList<>();
  private long last = 1;
  private boolean down;
  private int asked;
  private Optional<Set<Feed>> changed = Optional.of(Set.of());
  private final OtherNodes others =
      new OtherNodes(waiters, application -> lastCommit(), (application, number) -> changed);

  private long lastCommit() {
    asked++;
    if (down) {
      throw new StoreUnavailableException("tip");
    }
    return last;
  }

  private static Feed tasksOf(UserId user) {
    return new Feed(user, new CollectionName("tasks"));
  }

  private FeedSubscriptions.Waiter subscribe(UserId user) {
    return waiters.subscribe(
        TODO,
        Set.of(tasksOf(user)),
        user,
        new FeedSubscriptions.Wake() {
          @Override
          public void news(Feed feed, long afterMillis) {
            woken.add(user.value() + " news");
          }

          @Override
          public void perhaps(long afterMillis) {
            woken.add(user.value() + " perhaps");
          }

          @Override
          public void stop() {
            woken.add(user.value() + " stop");
          }
        });
  }

  /** Both wait, and know of the commits up to the last. */
  private void settle() {
    subscribe(ALICE);
    subscribe(BOB);
    others.occasion();
    woken.clear();
    asked = 0;
  }

  private void occasions(int number) {
    for (int i = 0; i < number; i++) {
      others.occasion();
    }
  }

  @Test
  void onlyThoseWhoseFeedsHaveChangedAreWoken() {
    settle();
    changed = Optional.of(Set.of(tasksOf(BOB)));
    last = 2;

    others.committed(TODO, 2);

    assertThat(woken).containsExactly("bob news");
  }

  @Test
  void everybodyIsWokenIfItIsNotKnownWhatHasChanged() {
    settle();
    changed = Optional.empty();
    last = 5;

    others.committed(TODO, 5);

    assertThat(woken).containsExactlyInAnyOrder("alice perhaps", "bob perhaps");
  }

  @Test
  void severalCommitsAreOneLook() {
    settle();
    last = 4;

    others.committed(TODO, 2);
    others.committed(TODO, 3);
    others.committed(TODO, 4);

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void nothingIsAskedWhileNobodyWaits() {
    others.begun();
    others.committed(TODO, 2);
    occasions(100);

    assertThat(asked).isZero();
  }

  @Test
  void whatIsNotToldOfIsFoundAtTheNextOccasion() {
    settle();
    changed = Optional.of(Set.of(tasksOf(ALICE)));
    last = 2;

    others.occasion();

    assertThat(woken).containsExactly("alice news");
    occasions(9);
    assertThat(asked).isEqualTo(10);
  }

  @Test
  void whileTheStoreTellsOneLooksSeldomAndFindsWhatItHasMissedAllTheSame() {
    settle();
    others.begun();
    asked = 0;

    occasions(10 * OtherNodes.SELDOM);
    assertThat(asked).isEqualTo(10);

    changed = Optional.of(Set.of(tasksOf(ALICE)));
    last = 2;
    occasions(OtherNodes.SELDOM);
    assertThat(woken).containsExactly("alice news");
  }

  @Test
  void whoseStreamMissesSomethingLooksAgainSoon() {
    settle();
    others.begun();
    last = 2;
    while (woken.isEmpty() && asked < 3) {
      changed = Optional.of(Set.of(tasksOf(ALICE)));
      others.occasion();
    }
    woken.clear();
    last = 3;

    others.occasion();

    assertThat(woken).containsExactly("alice news");
  }

  @Test
  void whatCameBeforeTheStreamBeganIsFoundWhenItBegins() {
    settle();
    changed = Optional.of(Set.of(tasksOf(ALICE)));
    last = 2;

    others.begun();

    assertThat(woken).containsExactly("alice news");
  }

  @Test
  void whenTheStreamHasEndedOneLooksAtEveryOccasion() {
    settle();
    others.begun();
    others.ended();
    asked = 0;

    occasions(10);

    assertThat(asked).isEqualTo(10);
  }

  @Test
  void whoComesAfterNobodyWaitedIsWokenOnceToLook() {
    FeedSubscriptions.Waiter alice = subscribe(ALICE);
    others.occasion();
    alice.leave();
    last = 2;
    others.committed(TODO, 2);
    woken.clear();
    subscribe(BOB);

    others.occasion();
    others.occasion();

    assertThat(woken).containsExactly("bob perhaps");
  }

  @Test
  void aStoreThatDoesNotAnswerIsAskedAgain() {
    settle();
    down = true;
    last = 2;
    others.committed(TODO, 2);
    others.begun();
    others.ended();
    others.occasion();
    down = false;
    changed = Optional.of(Set.of(tasksOf(ALICE)));

    others.occasion();

    assertThat(woken).containsExactly("alice news");
  }
}
