package dev.landfall.webapp.http;

import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Answers that are being read: each piece holds a thread until the client's connection has taken
 * it. Who reads nothing, or too slowly, has his answers broken off; and nobody holds more threads
 * than his share. Safe for concurrent use.
 */
public final class AnswersRead {
  /** So long a reader may take in all before his rate counts, in nanoseconds. */
  private static final long GRACE = 10_000_000_000L;

  private static final double NANOS = 1e9;

  private final FairPermits places;
  private final double minBytesPerSecond;
  private final LongSupplier nanoTime;

  /**
   * None yet.
   *
   * @param places for pieces that are being taken, of all clients
   * @param minBytesPerSecond that a client has to take
   * @param nanoTime counts nanoseconds from anywhere
   */
  public AnswersRead(int places, long minBytesPerSecond, LongSupplier nanoTime) {
    this.places = new FairPermits(places);
    this.minBytesPerSecond = minBytesPerSecond;
    this.nanoTime = nanoTime;
  }

  /** Hands a piece to the connection; returns when that has taken it. */
  interface Piece {
    void hand() throws IOException;
  }

  /** One answer; for one thread. */
  final class Reader {
    private long bytes;
    private long waited;

    /**
     * Hands over a piece of {@code count} bytes.
     *
     * @throws IOException if it cannot be, or its reader has all the places that he may have, or is
     *     too slow
     */
    void take(String client, int count, Piece piece) throws IOException {
      if (!places.enter(client)) {
        throw new AnswerNotReadException(
            "answers are not read, and hold all the places that their reader may have");
      }
      long start = nanoTime.getAsLong();
      try {
        piece.hand();
      } finally {
        waited += nanoTime.getAsLong() - start;
        places.leave(client);
      }
      bytes += count;
      if (waited > GRACE && bytes < (waited - GRACE) / NANOS * minBytesPerSecond) {
        throw new AnswerNotReadException("the answer is read too slowly");
      }
    }
  }

  /** For a new answer. */
  Reader reader() {
    return new Reader();
  }
}
