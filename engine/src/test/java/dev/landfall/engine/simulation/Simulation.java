package dev.landfall.engine.simulation;

import dev.landfall.engine.simulation.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Worlds from seeds. */
final class Simulation {
  private Simulation() {}

  /** A broken promise, and all that is needed to see it again. */
  record Failure(long seed, Options options, List<Step> steps, Throwable problem) {
    @Override
    public String toString() {
      return "seed "
          + seed
          + " breaks a promise: "
          + problem.getMessage()
          + "\n  world: "
          + options
          + "\n  "
          + steps.size()
          + " steps: "
          + steps;
    }
  }

  /** What came of a world. */
  record Outcome(long traceHash, Counters counters, @Nullable Failure failure) {}

  static Options options(long seed) {
    return Options.draw(new SplittableRandom(seed * 31 + 7));
  }

  static List<Step> steps(long seed, Options options) {
    SplittableRandom root = new SplittableRandom(seed * 31 + 8);
    SplittableRandom schedule = root.split();
    SplittableRandom workload = root.split();
    SplittableRandom clocks = root.split();
    List<Step> steps = new ArrayList<>();
    int pause = 1 << schedule.nextInt(15);
    for (int i = 0; i < options.steps(); i++) {
      Kind kind = kind(options, schedule);
      long delay = schedule.nextInt(4) == 0 ? 0 : schedule.nextLong(pause);
      if (options.purges() && schedule.nextInt(10) == 0) {
        delay += 2 * options.retentionMillis();
      }
      long entropy =
          kind == Kind.SERVER_CLOCK || kind == Kind.DEVICE_CLOCK
              ? clocks.nextLong()
              : workload.nextLong();
      steps.add(new Step(kind, delay, schedule.nextInt(1_000), entropy));
    }
    return steps;
  }

  private static Kind kind(Options options, SplittableRandom random) {
    int dice = random.nextInt(100);
    if (dice < 45) {
      return Kind.EDIT;
    }
    if (dice < 78) {
      return Kind.SYNC;
    }
    List<Kind> others = new ArrayList<>();
    if (options.edits().deletions()) {
      others.add(Kind.DELETE);
      others.add(Kind.DELETE);
    }
    if (options.restores()) {
      others.add(Kind.SAVE_STATE);
      others.add(Kind.SAVE_STATE);
      others.add(Kind.RESTORE_STATE);
    }
    if (options.drops()) {
      others.add(Kind.DROP_DOCUMENT);
      others.add(Kind.DROP_ALL);
    }
    if (options.purges()) {
      others.add(Kind.PURGE);
    }
    if (options.serverSteps()) {
      others.add(Kind.SERVER_CLOCK);
    }
    if (options.skew() != Options.Skew.NONE) {
      others.add(Kind.DEVICE_CLOCK);
    }
    if (options.crashPercent() > 0) {
      others.add(Kind.RESTART_NODE);
    }
    return others.isEmpty() || dice < 80 ? Kind.SYNC : others.get(random.nextInt(others.size()));
  }

  static Outcome run(long seed) {
    return run(seed, UnaryOperator.identity());
  }

  static Outcome run(long seed, UnaryOperator<Options> adjust) {
    Options options = adjust.apply(options(seed));
    return run(seed, options, steps(seed, options), World.SILENT);
  }

  static Outcome run(long seed, Options options, List<Step> steps, Consumer<String> trace) {
    return run(seed, options, steps, trace, CorrectedClient::new);
  }

  /** With other clients of ours. */
  static Outcome run(
      long seed,
      Options options,
      List<Step> steps,
      Consumer<String> trace,
      Client.Maker corrected) {
    World world = new World(seed, options, trace, corrected);
    try {
      world.run(steps);
      return new Outcome(world.traceHash(), world.counters, null);
    } catch (AssertionError | RuntimeException e) {
      return new Outcome(world.traceHash(), world.counters, new Failure(seed, options, steps, e));
    }
  }

  /** The same failure with as few steps as delta debugging finds (Zeller and Hildebrandt 2002). */
  static Failure shrink(Failure failure) {
    Failure smallest = failure;
    String sort = sort(failure);
    int tries = 0;
    for (int chunk = failure.steps().size() / 2; chunk >= 1 && tries < 2_000; ) {
      boolean smaller = false;
      for (int at = 0; at < smallest.steps().size() && tries < 2_000; tries++) {
        List<Step> fewer = new ArrayList<>(smallest.steps());
        fewer.subList(at, Math.min(at + chunk, fewer.size())).clear();
        Optional<Failure> again =
            Optional.ofNullable(
                    run(failure.seed(), failure.options(), fewer, World.SILENT).failure())
                .filter(next -> sort(next).equals(sort));
        if (again.isPresent()) {
          smallest = again.get();
          smaller = true;
        } else {
          at += chunk;
        }
      }
      if (!smaller) {
        chunk /= 2;
      }
    }
    return smallest;
  }

  /** Failures of one sort break the same promise. */
  static String sort(Failure failure) {
    String message = String.valueOf(failure.problem().getMessage());
    int colon = message.indexOf(": I");
    String rest = colon >= 0 && colon < 10 ? message.substring(colon + 2) : message;
    return failure.problem().getClass().getSimpleName()
        + rest.substring(0, Math.min(4, rest.length()));
  }
}
