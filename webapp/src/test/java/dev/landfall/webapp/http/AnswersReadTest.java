package dev.landfall.webapp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AnswersReadTest {
  private long nanos;
  private int held;
  private final AnswersRead answers = new AnswersRead(9, 1_000, () -> nanos);

  /** Holds a place until all that comes within is over. */
  private void stall(String client, AnswersRead.Piece within) throws IOException {
    answers.reader().take(client, 1, within);
  }

  private void stallAsOftenAsAllowed(String client, AnswersRead.Piece then) throws IOException {
    try {
      stall(
          client,
          () -> {
            held++;
            stallAsOftenAsAllowed(client, then);
          });
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("all the places");
      then.hand();
    }
  }

  @Test
  void whoReadsNothingLeavesPlacesForOthers() throws IOException {
    boolean[] served = {false};

    stallAsOftenAsAllowed("mallory", () -> stall("alice", () -> served[0] = true));

    assertThat(held).isEqualTo(3);
    assertThat(served[0]).isTrue();
  }

  @Test
  void placesAreFreeAgainWhateverBecomesOfAPiece() throws IOException {
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(
              () ->
                  stall(
                      "alice",
                      () -> {
                        throw new IOException("the connection is gone");
                      }))
          .hasMessage("the connection is gone");
    }

    stallAsOftenAsAllowed("alice", () -> {});
    assertThat(held).isEqualTo(3);
  }

  private void passSeconds(int seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void anAnswerThatIsReadTooSlowlyIsBrokenOff() throws IOException {
    AnswersRead.Reader slow = answers.reader();
    AnswersRead.Reader justFastEnough = answers.reader();

    for (int i = 0; i < 30; i++) {
      justFastEnough.take("bob", 1_000, () -> passSeconds(1));
    }
    slow.take("alice", 4_000, () -> passSeconds(10));
    slow.take("alice", 1_000, () -> passSeconds(5));

    assertThatThrownBy(() -> slow.take("alice", 1_000, () -> passSeconds(2)))
        .hasMessage("the answer is read too slowly");
  }

  @Test
  void timeInWhichThereIsNothingToReadDoesNotCount() throws IOException {
    AnswersRead.Reader stream = answers.reader();

    for (int i = 0; i < 100; i++) {
      passSeconds(60);
      stream.take("alice", 10, () -> {});
    }
  }
}
