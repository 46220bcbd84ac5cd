package dev.landfall.webapp.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.problem.SyncException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeedSubscriptionsTest {
  private static final ApplicationName TODO = new ApplicationName("todo");
  private static final UserId ALICE = new UserId("alice");
  private static final Feed FEED = new Feed(ALICE, new CollectionName("tasks"));

  private final FeedSubscriptions waiters = new FeedSubscriptions(10);
  private final List<String> told = new ArrayList<>();

  @Test
  void whoWaitsIsToldOnceThatTheServerStopsAndNobodyMayWaitFromThenOn() {
    FeedSubscriptions.Waiter stays = subscribe();
    subscribe().leave();

    waiters.stop();

    assertThat(told).containsExactly("stop");
    assertThatThrownBy(this::subscribe).isInstanceOf(SyncException.class);
    stays.leave();
    assertThat(waiters.count()).isZero();
  }

  @Test
  void notEverybodyIsWokenAtOnce() {
    FeedSubscriptions many = new FeedSubscriptions(1_000);
    for (int i = 0; i < 800; i++) {
      subscribe(many);
    }

    many.committed(TODO, 1, 1, 1, Set.of(FEED));

    assertThat(told).hasSize(800);
    assertThat(told.stream().distinct()).hasSize(32);
    assertThat(told.subList(0, 25)).containsOnly("news after 0");
    assertThat(told.get(799)).isEqualTo("news after 1550");
  }

  private FeedSubscriptions.Waiter subscribe() {
    return subscribe(waiters);
  }

  private FeedSubscriptions.Waiter subscribe(FeedSubscriptions waiters) {
    return waiters.subscribe(
        TODO,
        Set.of(FEED),
        ALICE,
        new FeedSubscriptions.Wake() {
          @Override
          public void news(Feed feed, long afterMillis) {
            told.add("news after " + afterMillis);
          }

          @Override
          public void perhaps(long afterMillis) {
            told.add("perhaps");
          }

          @Override
          public void stop() {
            told.add("stop");
          }
        });
  }
}
