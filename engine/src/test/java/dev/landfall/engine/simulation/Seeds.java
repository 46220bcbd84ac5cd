package dev.landfall.engine.simulation;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * Which worlds a run visits.
 *
 * @param first the seed of the first world
 * @param count how many worlds
 * @param longest no world is begun after this time
 */
record Seeds(long first, long count, Duration longest) {
  /** The property that names the first seed. */
  static final String FIRST = "landfall.simulation.first";

  /** The property that says how many worlds there are. */
  static final String SEEDS = "landfall.simulation.seeds";

  /** The property that says after how many seconds no other world is begun. */
  static final String SECONDS = "landfall.simulation.seconds";

  private static final long MOST_FIRST = 1_000_000_000_000L;

  /** As the properties say, with new worlds unless they say which. */
  static Seeds fresh(long count) {
    return from(new SecureRandom().nextLong(MOST_FIRST), count);
  }

  /** As the properties say. */
  static Seeds from(long first, long count) {
    return new Seeds(
        Long.getLong(FIRST, first),
        Long.getLong(SEEDS, count),
        Duration.ofSeconds(Long.getLong(SECONDS, Duration.ofDays(30).toSeconds())));
  }

  /** The command that visits one of these worlds again. */
  static String command(String test, long seed) {
    return "mvn -Dquick -pl engine -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest="
        + test
        + " -D"
        + FIRST
        + "="
        + seed
        + " -D"
        + SEEDS
        + "=1";
  }
}
