package dev.landfall.engine.simulation;

import dev.landfall.engine.simulation.Simulation.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a failing world small: fewer steps, as delta debugging finds them (Zeller and Hildebrandt
 * 2002), fewer things that exist in it, and less chance in what is left. It goes on as long as the
 * same promise is broken.
 */
final class Shrinking {
  private static final Pattern PROMISE = Pattern.compile("I\\d+: [^:{\\[(]*");
  private static final int MOST_TRIES = 4_000;
  private static final long SMALL_ENTROPY = 8;

  private final String kind;
  private final Simulation.Runner runner;
  private Failure smallest;
  private int tries;

  private Shrinking(Failure failure, Simulation.Runner runner) {
    this.kind = kind(failure);
    this.runner = runner;
    this.smallest = failure;
  }

  /** The same failure in a world as small as is found. */
  static Failure of(Failure failure) {
    return of(failure, Simulation.OURS);
  }

  /** The same with other clients. */
  static Failure of(Failure failure, Simulation.Runner runner) {
    Shrinking shrinking = new Shrinking(failure, runner);
    Failure before;
    do {
      before = shrinking.smallest;
      shrinking.steps();
      shrinking.options();
      shrinking.chance();
    } while (!shrinking.smallest.equals(before) && shrinking.tries < MOST_TRIES);
    return shrinking.smallest;
  }

  /** What is broken, without what differs from world to world. */
  static String kind(Failure failure) {
    String message = String.valueOf(failure.problem().getMessage());
    Matcher promise = PROMISE.matcher(message);
    if (promise.find()) {
      return promise.group().strip();
    }
    StackTraceElement[] trace = failure.problem().getStackTrace();
    String place =
        trace.length == 0 ? "" : " in " + trace[0].getClassName() + "." + trace[0].getMethodName();
    return failure.problem().getClass().getSimpleName()
        + place
        + " "
        + message.replaceAll("[0-9].*", "").strip();
  }

  private boolean fails(Options options, List<Step> steps) {
    if (tries++ >= MOST_TRIES) {
      return false;
    }
    Optional<Failure> again =
        Optional.ofNullable(runner.run(smallest.seed(), options, steps, World.SILENT).failure())
            .filter(next -> kind(next).equals(kind));
    again.ifPresent(next -> smallest = next);
    return again.isPresent();
  }

  private void steps() {
    for (int chunk = Math.max(1, smallest.steps().size() / 2); chunk >= 1; ) {
      boolean smaller = false;
      for (int at = 0; at < smallest.steps().size(); ) {
        List<Step> fewer = new ArrayList<>(smallest.steps());
        fewer.subList(at, Math.min(at + chunk, fewer.size())).clear();
        if (fails(smallest.options(), fewer)) {
          smaller = true;
        } else {
          at += chunk;
        }
        if (tries >= MOST_TRIES) {
          return;
        }
      }
      if (!smaller) {
        chunk /= 2;
      }
    }
  }

  private void options() {
    boolean simpler;
    do {
      simpler = false;
      for (Options candidate : smallest.options().simpler()) {
        simpler |= fails(candidate, smallest.steps());
      }
    } while (simpler && tries < MOST_TRIES);
  }

  private void chance() {
    for (int at = 0; at < smallest.steps().size(); at++) {
      Step step = smallest.steps().get(at);
      if (step.delayMillis() > 0) {
        replace(at, new Step(step.kind(), 0, step.actor(), step.entropy()));
      }
      step = smallest.steps().get(at);
      for (int actor = 0; actor < Math.min(step.actor(), SMALL_ENTROPY); actor++) {
        if (replace(at, new Step(step.kind(), step.delayMillis(), actor, step.entropy()))) {
          break;
        }
      }
      step = smallest.steps().get(at);
      boolean small = step.entropy() >= 0 && step.entropy() < SMALL_ENTROPY;
      for (long entropy = 0; !small && entropy < SMALL_ENTROPY; entropy++) {
        small = replace(at, new Step(step.kind(), step.delayMillis(), step.actor(), entropy));
      }
    }
  }

  private boolean replace(int at, Step step) {
    List<Step> steps = new ArrayList<>(smallest.steps());
    steps.set(at, step);
    return fails(smallest.options(), steps);
  }
}
