package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.landfall.engine.simulation.Counters.Sometimes;
import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Devices with the replica of this client against real engines: wrong clocks, lost, repeated and
 * reordered messages, edits in flight, failing stores, dying servers and dying devices. In the
 * build they are the same each time, until enough new ones have been visited. One that fails is
 * made small, and told with the command that visits it again; {@code
 * -Dlandfall.simulation.hunt=true} goes on after failures and counts them.
 */
class ReplicaWorldsTest {
  private static final long WORLDS = 2_000;
  private static final Simulation.Runner REPLICAS =
      (seed, options, steps, trace) ->
          Simulation.run(seed, options, steps, trace, ReplicaClient::new);

  @Test
  void nothingIsLostAndAllAgreeInAnyWorld() throws Exception {
    Seeds seeds = Seeds.from(0, WORLDS);
    System.out.println("worlds of the Java client from seed " + seeds.first() + " on");

    Visits visits =
        Visits.of(seeds, Boolean.getBoolean("landfall.simulation.hunt"), ReplicaWorldsTest::run);

    System.out.println("the Java client: " + visits);
    if (visits.failed() > 0) {
      StringBuilder told = new StringBuilder();
      for (List<Failure> kind : visits.failures().values()) {
        told.append(kind.size()).append(" x ").append(told(kind.get(0))).append('\n');
      }
      fail(told.toString());
    }
    if (visits.worlds() >= WORLDS) {
      assertThat(visits.counters().of(Sometimes.EDIT_IN_FLIGHT)).isPositive();
      assertThat(visits.counters().of(Sometimes.RETRY_AFTER_LOST_ANSWER)).isPositive();
      assertThat(visits.counters().of(Sometimes.CLOCK_DRIFT)).isPositive();
      assertThat(visits.counters().of(Sometimes.RESYNC)).isPositive();
      assertThat(visits.counters().of(Sometimes.PAGED)).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        806375815676L,
        810003242L,
        146830606157L,
        146830614601L,
        146830610894L,
        3852170748009L,
        3852170763434L
      })
  void aWorldThatOnceBrokeAPromiseKeepsIt(long seed) {
    Failure failure = run(seed).failure();

    assertThat(failure == null ? "" : told(failure)).isEmpty();
  }

  private static String told(Failure found) {
    Failure smallest = Shrinking.of(found, REPLICAS);
    return smallest
        + "\n  again: "
        + Seeds.command("ReplicaWorldsTest", found.seed()).replace("-pl engine", "-pl client-java")
        + "\n  what happens:\n    "
        + String.join("\n    ", Simulation.trace(smallest, REPLICAS));
  }

  private static Outcome run(long seed) {
    Options options = Simulation.options(seed);
    return REPLICAS.run(seed, options, Simulation.steps(seed, options), World.SILENT);
  }
}
