package dev.landfall.engine.simulation;

import dev.landfall.engine.simulation.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Worlds from seeds. */
final class Simulation {
  private Simulation() {}

  /** Runs a world. */
  @FunctionalInterface
  interface Runner {
    /** What comes of it. */
    Outcome run(long seed, Options options, List<Step> steps, Consumer<String> trace);
  }

  /** Worlds whose newer clients are as ours are to be. */
  static final Runner OURS = Simulation::run;

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

  /** A world of people who have to do with each other. */
  static Options populated(long seed) {
    return options(seed).populated(new SplittableRandom(seed * 31 + 9));
  }

  /** A world of documents whose server is put back from backups. */
  static Options restored(long seed) {
    return options(seed).restored(new SplittableRandom(seed * 31 + 10));
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
    if (options.people().sharing()) {
      others.add(Kind.SHARE);
      others.add(Kind.SHARE);
      others.add(Kind.SHARE);
    }
    if (options.people().organisations()) {
      others.add(Kind.MEMBERSHIP);
      others.add(Kind.MEMBERSHIP);
      others.add(Kind.SHARE);
    }
    if (options.people().reads()) {
      others.add(Kind.READ);
      others.add(Kind.READ);
    }
    if (options.people().accounts()) {
      others.add(Kind.ERASE);
      others.add(Kind.RESUME);
    }
    if (options.people().restoredServer()) {
      others.add(Kind.RESTORE_SERVER);
    }
    return others.isEmpty() || dice < 80 ? Kind.SYNC : others.get(random.nextInt(others.size()));
  }

  static Outcome run(long seed) {
    return run(seed, UnaryOperator.identity());
  }

  /** A world of people who have to do with each other. */
  static Outcome runPopulated(long seed) {
    return run(seed, populated(seed));
  }

  /** A world of documents whose server is put back from backups. */
  static Outcome runRestored(long seed) {
    return run(seed, restored(seed));
  }

  static Outcome run(long seed, Options options) {
    return run(seed, options, steps(seed, options), World.SILENT);
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

  /** The last lines of a failing world, or all of them, for people to read. */
  static List<String> trace(Failure failure, Runner runner) {
    List<String> lines = new ArrayList<>();
    runner.run(failure.seed(), failure.options(), failure.steps(), lines::add);
    return lines.stream().map(Readable::line).toList();
  }
}
