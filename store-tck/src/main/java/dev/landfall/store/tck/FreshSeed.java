package dev.landfall.store.tck;

import java.security.SecureRandom;

/** Where the random numbers of a test begin: elsewhere in each run, and the run says where. */
public final class FreshSeed {
  /** The property that repeats a run: {@code -Dlandfall.test.seed=N}. */
  public static final String PROPERTY = "landfall.test.seed";

  /** Small enough to be read aloud, and to leave room for many seeds after it. */
  private static final int MOST = 1_000_000_000;

  private FreshSeed() {}

  /** A seed for {@code test}, which is printed. */
  public static long of(Class<?> test) {
    long seed = Long.getLong(PROPERTY, new SecureRandom().nextInt(MOST));
    System.out.println(test.getSimpleName() + ": -D" + PROPERTY + "=" + seed);
    return seed;
  }
}
