package dev.landfall.engine.simulation;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.engine.simulation.Options.People;
import dev.landfall.engine.simulation.Simulation.Failure;
import dev.landfall.engine.simulation.Simulation.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Worlds whose newer clients live in another process, which started this one and is at the other
 * end of its standard streams. Half of them have counters, sets and bounds, and in a quarter the
 * server is put back from backups. The first of the arguments is the seed of the first world, the
 * second says how many there are.
 */
public final class PipedWorlds {
  private static final People COUNTING = new People(true, false, false, false, false, false);

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final Simulation.Runner piped =
      (seed, options, steps, trace) -> {
        ask(JsonObject.builder().put("do", "world").put("seed", seed).build());
        return Simulation.run(
            seed,
            options,
            steps,
            trace,
            (node, collection, limit) -> new PipedClient(this::ask, node, collection, limit));
      };

  private PipedWorlds() {}

  /** Goes through the worlds, and ends with a line that tells what came of them. */
  public static void main(String[] arguments) {
    new PipedWorlds().run(Long.parseLong(arguments[0]), Long.parseLong(arguments[1]));
  }

  private void run(long first, long count) {
    List<String> failures = new ArrayList<>();
    Counters counters = new Counters();
    for (long seed = first; seed < first + count; seed++) {
      Outcome outcome = world(seed);
      counters.add(outcome.counters());
      if (outcome.failure() != null) {
        failures.add(failures.isEmpty() ? told(outcome.failure()) : outcome.failure().toString());
      }
    }
    out.println(
        JsonText.print(
            JsonObject.builder()
                .put("do", "end")
                .put("failed", failures.size())
                .put("told", String.join("\n", failures))
                .put("counters", counters.toString())
                .build()));
  }

  private Outcome world(long seed) {
    Options options = seed % 4 == 3 ? Simulation.restored(seed) : Simulation.options(seed);
    if (seed % 2 == 0) {
      options = options.with(COUNTING, options.users());
    }
    return piped.run(seed, options, Simulation.steps(seed, options), World.SILENT);
  }

  private String told(Failure found) {
    Failure smallest = Shrinking.of(found, piped);
    return smallest
        + "\n  what happens:\n    "
        + String.join("\n    ", Simulation.trace(smallest, piped));
  }

  private JsonObject ask(JsonObject line) {
    out.println(JsonText.print(line));
    try {
      String answer = in.readLine();
      if (answer == null) {
        throw new IllegalStateException("the other process has ended");
      }
      return Servers.parse(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
