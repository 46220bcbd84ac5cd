package dev.landfall.engine.search;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What one search may still cost: it has an end, and after it has looked at many documents it takes
 * turns with the others that look at many. For one thread.
 */
public final class ScanBudget {
  private static final int FEW = 4_000;

  private final FullScans fullScans;
  private final String searcher;
  private final InstantSource time;
  private final long end;
  private int documents;

  /**
   * The effort of a search that begins now.
   *
   * @param searcher who searches
   * @param most how long it may take
   */
  public ScanBudget(FullScans fullScans, String searcher, InstantSource time, Duration most) {
    this.fullScans = fullScans;
    this.searcher = searcher;
    this.time = time;
    this.end = time.millis() + most.toMillis();
  }

  /** Does what looks at everything. */
  <T> T scan(Supplier<T> work) {
    return fullScans.scan(searcher, patience(), work);
  }

  /** Does what looks at so many documents. */
  <T> T spend(int more, Supplier<T> work) {
    goOn();
    documents += more;
    return documents > FEW ? fullScans.takeTurns(searcher, patience(), work) : work.get();
  }

  /**
   * Finds that the search may go on.
   *
   * @throws SyncException if its time is over
   */
  void goOn() {
    if (time.millis() > end) {
      throw new SyncException(
          SyncProblem.TOO_SLOW,
          "the search takes longer than is allowed; narrow it by a filter on an indexed field or by"
              + " a text, or ask for less with a limit");
    }
  }

  private Duration patience() {
    return Duration.ofMillis(Math.max(0, end - time.millis()));
  }
}
