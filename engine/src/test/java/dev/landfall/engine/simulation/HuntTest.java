package dev.landfall.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.engine.simulation.Simulation.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Goes through as many worlds as there is time for, on after failures too, and writes down which
 * promises were broken where: {@code -Dlandfall.simulation.hunt=true} with a number of {@code
 * seeds} and of {@code seconds}. The table is in {@code target/simulation}, with one world of each
 * kind made small.
 */
@EnabledIfSystemProperty(named = "landfall.simulation.hunt", matches = "true")
class HuntTest {
  private static final long MANY = 1_000_000;
  private static final int NAMED = 50;

  /** Which worlds: of documents, of people, of restored servers, or those of a mutant. */
  private static final String WORLDS =
      System.getProperty("landfall.simulation.worlds", "documents");

  @Test
  void noWorldBreaksAPromise() throws Exception {
    Seeds seeds = Seeds.fresh(MANY);
    System.out.println("hunting from seed " + seeds.first() + " on");

    LongFunction<Simulation.Outcome> run =
        switch (WORLDS) {
          case "documents" -> Simulation::run;
          case "people" -> Simulation::runPopulated;
          case "restored" -> Simulation::runRestored;
          default -> seed -> Simulation.run(seed, Hunt.worlds(WORLDS));
        };
    Visits visits = Visits.of(seeds, true, run);

    Path report = report(seeds, visits);
    System.out.println(visits + "\n" + report.toAbsolutePath());
    assertThat(table(visits)).as("written to " + report).isEmpty();
  }

  private static List<String> table(Visits visits) {
    List<String> table = new ArrayList<>();
    for (Map.Entry<String, List<Failure>> kind : visits.failures().entrySet()) {
      table.add(
          String.format(
              "%6d  %s  %s",
              kind.getValue().size(),
              kind.getKey(),
              kind.getValue().stream().map(Failure::seed).sorted().limit(NAMED).toList()));
    }
    return table;
  }

  private static Path report(Seeds seeds, Visits visits) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("from seed " + seeds.first() + ": " + visits);
    lines.addAll(table(visits));
    Path file =
        Files.createDirectories(Path.of("target", "simulation"))
            .resolve("hunt-" + seeds.first() + ".txt");
    Files.write(file, lines); // should making worlds small be broken off
    for (List<Failure> kind : visits.failures().values()) {
      Failure smallest = Shrinking.of(kind.get(0));
      lines.add("");
      lines.add(smallest.toString());
      lines.add("again: " + Seeds.command("SimulationTest", smallest.seed()));
      Simulation.trace(smallest, Simulation.OURS).forEach(line -> lines.add("    " + line));
      Files.write(file, lines);
    }
    return file;
  }
}
