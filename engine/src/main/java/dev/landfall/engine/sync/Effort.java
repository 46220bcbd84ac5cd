package dev.landfall.engine.sync;

import java.util.function.Supplier;

/**
 * How many documents one search has looked at: after many it takes turns with the others that look
 * at many. For one thread.
 */
final class Effort {
  private static final int FEW = 4_000;

  private final Walks walks;
  private int documents;

  Effort(Walks walks) {
    this.walks = walks;
  }

  /** Does what looks at everything. */
  <T> T walk(Supplier<T> work) {
    return walks.walk(work);
  }

  /** Does what looks at so many documents. */
  <T> T spend(int more, Supplier<T> work) {
    documents += more;
    return documents > FEW ? walks.takeTurns(work) : work.get();
  }
}
