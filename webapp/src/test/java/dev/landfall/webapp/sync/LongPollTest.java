package dev.landfall.webapp.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.CollectionName;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import org.junit.jupiter.api.Test;

class LongPollTest {
  private static final Feed FEED = new Feed(new UserId("alice"), new CollectionName("tasks"));

  private boolean isAllowed = true;
  private boolean hasNews;
  private int answers;

  private final LongPoll poll =
      new LongPoll(
          Runnable::run,
          (look, afterMillis) -> look.run(),
          new LongPoll.Request() {
            @Override
            public void requireRight() {
              if (!isAllowed) {
                throw new IllegalStateException("signed out");
              }
            }

            @Override
            public boolean hasNews() {
              return hasNews;
            }

            @Override
            public void answer() {
              answers++;
            }
          });

  @Test
  void newsThatTheCallerHadReadBeforeTheyWereToldIsNoAnswer() {
    poll.news(FEED, 0);
    poll.perhaps(0);

    assertThat(answers).isZero();
  }

  @Test
  void newsIsAnsweredLaterWhereOthersComeFirst() {
    hasNews = true;

    poll.news(FEED, 50);

    assertThat(answers).isOne();
  }

  @Test
  void newsIsAnsweredOnce() {
    hasNews = true;

    poll.news(FEED, 0);
    poll.news(FEED, 0);
    poll.perhaps(0);
    poll.stop();

    assertThat(answers).isOne();
  }

  @Test
  void whoMayNotWaitAnyLongerIsToldSo() {
    isAllowed = false;

    assertThatThrownBy(() -> poll.perhaps(0)).isInstanceOf(IllegalStateException.class);

    assertThat(answers).isOne();
  }

  @Test
  void whenTheServerStopsEverybodyIsAnswered() {
    poll.stop();

    assertThat(answers).isOne();
  }
}
