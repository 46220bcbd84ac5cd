package dev.landfall.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.store.tck.FreshSeed;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever is written where an attacker may not read makes no difference to anything the attacker
 * is told: each world is run twice with different secrets. One that fails comes again with {@code
 * -Dlandfall.test.seed=SEED -Dlandfall.twins=1}.
 */
class NonInterferenceTest {
  private static final long FIRST = FreshSeed.of(NonInterferenceTest.class);
  private static final long PAIRS = Long.getLong("landfall.twins", 3_000);
  private static final int STEPS = 40;

  @Test
  void whatOneMayNotReadMakesNoDifference() {
    AtomicLong secrets = new AtomicLong();
    AtomicLong told = new AtomicLong();

    LongStream.range(FIRST, FIRST + PAIRS)
        .parallel()
        .forEach(
            seed -> {
              TwinWorld one = new TwinWorld(seed, 0);
              TwinWorld other = new TwinWorld(seed, 1);
              List<String> first = one.run(STEPS);
              List<String> second = other.run(STEPS);
              for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                if (!first.get(i).equals(second.get(i))) {
                  throw new AssertionError(
                      "seed " + seed + ":\n" + first.get(i) + "\n" + second.get(i));
                }
              }
              assertThat(second).as("seed " + seed).hasSameSizeAs(first);
              assertThat(first).as("seed " + seed).noneMatch(text -> text.contains("secret "));
              secrets.addAndGet(one.secretWrites());
              told.addAndGet(first.stream().filter(text -> text.contains("common ")).count());
            });

    assertThat(secrets.get()).isGreaterThan(5 * PAIRS);
    assertThat(told.get()).isGreaterThan(5 * PAIRS);
  }
}
