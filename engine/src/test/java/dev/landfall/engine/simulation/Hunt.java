package dev.landfall.engine.simulation;

import dev.landfall.engine.simulation.Options.Cast;
import dev.landfall.engine.simulation.Options.Edits;
import dev.landfall.engine.simulation.Options.People;
import dev.landfall.engine.simulation.Options.Skew;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Worlds that are likely to show one particular defect. Run in the class loader of the defective
 * engine.
 */
final class Hunt {
  private static final Edits SCALARS = new Edits(true, false, false, false, false, false);
  private static final Edits NESTED = new Edits(true, true, false, false, false, false);
  private static final Edits TEXTS = new Edits(false, false, false, false, true, false);
  private static final Edits FLIPS = new Edits(true, false, true, false, false, true);
  private static final People SHARING = new People(false, true, false, false, false, false);
  private static final People MEMBERS = new People(false, false, true, false, false, false);
  private static final People LEAVERS = new People(false, true, false, true, false, false);
  private static final Cast ONE_OURS = new Cast(1, 0, 0, false);
  private static final Cast TWO_OURS = new Cast(2, 0, 0, false);
  private static final Cast THREE_OURS = new Cast(3, 0, 0, false);
  private static final Cast INTERLEAVED = new Cast(3, 0, 0, true);
  private static final Cast THREE_LEGACY = new Cast(3, 3, 0, false);
  private static final Cast FOUR_LEGACY = new Cast(4, 4, 0, false);
  private static final Cast THREE_ADAPTERS = new Cast(3, 0, 3, false);
  private static final Cast LEGACY_AND_OURS = new Cast(3, 1, 0, false);

  private static final Map<String, UnaryOperator<Options>> WORLDS =
      Map.ofEntries(
          Map.entry("ours", aim(THREE_OURS, 0, 0, Skew.NONE, false, SCALARS)),
          Map.entry("sharing", people(SHARING, aim(ONE_OURS, 0, 0, Skew.NONE, false, SCALARS))),
          Map.entry("members", people(MEMBERS, aim(INTERLEAVED, 0, 0, Skew.NONE, false, SCALARS))),
          Map.entry(
              "writers who leave",
              people(LEAVERS, aim(INTERLEAVED, 0, 0, Skew.NONE, false, SCALARS))),
          Map.entry("leavers", people(LEAVERS, aim(ONE_OURS, 0, 0, Skew.NONE, false, SCALARS))),
          Map.entry("names", aim(THREE_OURS, 0, 0, Skew.NONE, false, SCALARS.withAwkwardNames())),
          Map.entry("interleaved", aim(INTERLEAVED, 0, 0, Skew.NONE, false, SCALARS)),
          Map.entry("crashes", aim(INTERLEAVED, 10, 30, Skew.NONE, false, SCALARS)),
          Map.entry("skew", aim(THREE_OURS, 20, 0, Skew.MINUTES, false, SCALARS)),
          Map.entry("skewed legacy", aim(THREE_LEGACY, 20, 0, Skew.MINUTES, false, NESTED)),
          Map.entry("skewed adapters", aim(THREE_ADAPTERS, 20, 0, Skew.MINUTES, false, SCALARS)),
          Map.entry("skewed deletions", aim(FOUR_LEGACY, 0, 0, Skew.MINUTES, false, FLIPS)),
          Map.entry("far ahead", aim(THREE_LEGACY, 0, 0, Skew.TOO_MUCH, false, SCALARS)),
          Map.entry("nested legacy", aim(THREE_LEGACY, 20, 0, Skew.NONE, false, NESTED)),
          Map.entry("nested", aim(LEGACY_AND_OURS, 20, 0, Skew.NONE, false, NESTED)),
          Map.entry("losses", aim(TWO_OURS, 30, 0, Skew.SECONDS, false, NESTED)),
          Map.entry("texts", aim(THREE_OURS, 0, 0, Skew.NONE, false, TEXTS)),
          Map.entry("drops", aim(THREE_OURS, 20, 0, Skew.SECONDS, true, NESTED)));

  private Hunt() {}

  private static UnaryOperator<Options> aim(
      Cast cast, int loss, int crash, Skew skew, boolean drops, Edits edits) {
    return options -> options.aimed(cast, loss, crash, skew, drops, edits);
  }

  private static UnaryOperator<Options> people(People people, UnaryOperator<Options> aim) {
    return options -> aim.apply(options).with(people, 3);
  }

  /** What makes a world one of that kind. */
  static UnaryOperator<Options> worlds(String worlds) {
    UnaryOperator<Options> adjust = WORLDS.get(worlds);
    if (adjust == null) {
      throw new IllegalArgumentException("no worlds are called " + worlds);
    }
    return adjust;
  }

  /** What an oracle said first, and after how many worlds; empty if none said anything. */
  static Optional<String> run(String worlds, int seeds) {
    UnaryOperator<Options> adjust = worlds(worlds);
    for (int seed = 0; seed < seeds; seed++) {
      Simulation.Failure failure = Simulation.run(seed, adjust).failure();
      if (failure != null) {
        String problem = String.valueOf(failure.problem().getMessage());
        return Optional.of(
            (seed + 1) + " worlds: " + problem.substring(0, Math.min(100, problem.length())));
      }
    }
    return Optional.empty();
  }
}
