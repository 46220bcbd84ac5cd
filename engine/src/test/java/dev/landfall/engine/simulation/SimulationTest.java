package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of small worlds. One that fails is reported with its seed and comes again with {@code
 * -Dlandfall.simulation.first=SEED -Dlandfall.simulation.seeds=1}.
 */
class SimulationTest {
  /** From so many worlds on everything that is to happen sometimes has to happen. */
  private static final long ENOUGH = 5_000;

  private static final int RUN_TWICE = 50;

  /** From so many worlds of people on. */
  private static final long ENOUGH_PEOPLE = 1_000;

  private final Seeds seeds = Seeds.from(0, ENOUGH);
  private final Seeds people = Seeds.from(20_000, ENOUGH_PEOPLE);

  @Test
  void nothingIsLostSkippedOrInventedInAnyWorld() throws Exception {
    visit(seeds, Simulation::run, Sometimes.ofDocuments(), ENOUGH);
  }

  @Test
  void nobodyLosesOrReadsWhatTheyShouldNotWherePeopleShareAndComeAndGo() throws Exception {
    Set<Sometimes> expected = EnumSet.copyOf(Sometimes.ofPeople());
    expected.remove(Sometimes.SERVER_RESTORED); // those worlds are hunted apart

    visit(
        people,
        seed -> Simulation.run(seed, Simulation.populated(seed).withoutRestoredServer()),
        expected,
        ENOUGH_PEOPLE);
  }

  @ParameterizedTest
  @ValueSource(longs = {3852170759497L})
  void aWorldThatOnceBrokeAPromiseKeepsIt(long seed) {
    Failure failure = Simulation.run(seed).failure();

    assertThat(failure == null ? "" : told(failure)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {23373462140808L})
  void aWorldOfPeopleThatOnceBrokeAPromiseKeepsIt(long seed) {
    Failure failure = Simulation.runPopulated(seed).failure();

    assertThat(failure == null ? "" : told(failure)).isEmpty();
  }

  private static void visit(
      Seeds seeds, LongFunction<Outcome> run, Set<Sometimes> expected, long enough)
      throws Exception {
    System.out.println("worlds from seed " + seeds.first() + " on");

    Visits visits = Visits.of(seeds, false, run);

    if (visits.failed() > 0) {
      fail(told(visits.failures().values().iterator().next().get(0)));
    }
    System.out.println(visits);
    if (visits.worlds() >= enough) {
      for (Sometimes what : expected) {
        assertThat(visits.counters().of(what)).as("how often: " + what).isPositive();
      }
    }
  }

  private static String told(Failure found) {
    Failure smallest = Shrinking.of(found);
    return smallest
        + "\n  again: "
        + Seeds.command("SimulationTest", found.seed())
        + "\n  what happens:\n    "
        + String.join("\n    ", Simulation.trace(smallest, Simulation.OURS));
  }

  @Test
  void aSeedIsTheSameWorldEachTime() {
    for (long i = 0; i < Math.min(seeds.count(), ENOUGH); i += RUN_TWICE) {
      long seed = seeds.first() + i;
      Options options = Simulation.options(seed);
      List<Step> steps = Simulation.steps(seed, options);
      List<String> once = new ArrayList<>();
      List<String> again = new ArrayList<>();

      Outcome first = Simulation.run(seed, options, steps, once::add);
      Outcome second = Simulation.run(seed, options, steps, again::add);

      assertThat(second.traceHash()).as("seed " + seed).isEqualTo(first.traceHash());
      assertThat(again).hasSameSizeAs(once);
    }
  }
}
