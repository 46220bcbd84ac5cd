package dev.landfall.benchmarks;

import dev.landfall.benchmarks.load.Api;
import dev.landfall.benchmarks.load.Client;
import dev.landfall.benchmarks.load.Echo;
import dev.landfall.benchmarks.load.Load;
import dev.landfall.benchmarks.load.Options;
import dev.landfall.benchmarks.load.Round;
import dev.landfall.benchmarks.load.Scenario;
import dev.landfall.benchmarks.load.ServerUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the packaged server over HTTP: starts it, warms it up, runs each scenario and beside it
 * the echo of the same bytes, prints a table, and stops it. What counts is the server's processor
 * time for a request and its ratio to the echo's; requests per second depend on who else uses the
 * machine.
 */
public final class HttpLoad {
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final double WARM = 0.03;
  private static final double TOLERANCE = 0.3;

  private final Options options;

  private HttpLoad(String[] arguments) {
    options =
        new Options(
            arguments,
            new String[] {"jar", "webapp/target/landfall.jar"},
            new String[] {"folder", "benchmarks/target/http-load"},
            new String[] {"store", "memory"},
            new String[] {"connections", "16"},
            new String[] {"warmup", "120"},
            new String[] {"seconds", "10"},
            new String[] {"rounds", "3"},
            new String[] {"scenarios", "empty-pull,push,pull-1000,idle-legacy"},
            new String[] {"application", "planner"},
            new String[] {"others", "0"},
            new String[] {"echo", "true"},
            new String[] {"ratios", ""},
            new String[] {"java", "-Xmx1g -XX:+UseSerialGC"});
  }

  /** Runs; the options are {@code name=value}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      if (!new HttpLoad(arguments).run(System.out)) {
        System.exit(1);
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private List<Scenario> scenarios() {
    List<Scenario> chosen = new ArrayList<>();
    for (String name : options.text("scenarios").split(",")) {
      chosen.add(
          Arrays.stream(Scenario.values())
              .filter(scenario -> scenario.text().equals(name))
              .findAny()
              .orElseThrow(() -> new IllegalArgumentException("no scenario " + name)));
    }
    return chosen;
  }

  /** A scenario, its echo, and what was measured of both. */
  private record Row(String name, List<? extends Client> clients, List<Round> rounds) {

    /** The processor time of a request in echoes: each round by the one beside it, the median. */
    double ratioTo(Row echo) {
      double[] ratios = new double[rounds.size()];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = rounds.get(i).cpuMicros() / echo.rounds.get(i).cpuMicros();
      }
      Arrays.sort(ratios);
      return ratios[ratios.length / 2];
    }

    Round median() {
      List<Round> sorted =
          rounds.stream().sorted(Comparator.comparingDouble(Round::cpuMicros)).toList();
      return sorted.get(sorted.size() / 2);
    }
  }

  /** Runs; whether no ratio has grown too much. */
  private boolean run(PrintStream out) throws IOException, InterruptedException {
    if (!options.text("ratios").isEmpty() && !Boolean.parseBoolean(options.text("echo"))) {
      throw new IllegalArgumentException("ratios are to the echo");
    }
    List<Scenario> scenarios = scenarios();
    int connections = Math.max(1, options.number("connections", 0, Load.MAX_CONNECTIONS));
    Duration warmup = Duration.ofSeconds(options.number("warmup", 0, 600));
    Duration time = Duration.ofSeconds(Math.max(1, options.number("seconds", 0, 60)));
    int rounds = Math.max(1, options.number("rounds", 0, 20));
    int others = options.number("others", 0, 2_000_000);
    List<String> flags = new ArrayList<>(List.of(options.text("java").split(" +")));
    flags.add("-Dlandfall.limits.requests-at-once=1000000"); // few users here stand for many
    try (ServerUnderTest server =
        ServerUnderTest.start(
            Path.of(options.text("jar")),
            Path.of(options.text("folder")),
            flags,
            options.text("store"))) {
      Api api = new Api(server.port(), options.text("application"));
      Load load = new Load(server.port());
      out.printf("%s%n", options);
      Scenario.fillWithOthers(api, others);
      List<Row> rows = new ArrayList<>();
      for (Scenario scenario : scenarios) {
        List<Client> clients = new ArrayList<>();
        for (int number = 0; number < connections; number++) {
          clients.add(scenario.client(api, number));
        }
        rows.add(new Row(scenario.text(), clients, new ArrayList<>()));
        if (Boolean.parseBoolean(options.text("echo"))) {
          rows.add(
              new Row(
                  "  its echo", Echo.of(api, load, scenario.text(), clients), new ArrayList<>()));
        }
      }
      warmUp(load, server, rows, warmup, out);
      for (int round = 0; round < rounds; round++) {
        for (Row row : rows) {
          row.rounds().add(Round.of(load, server, row.clients(), time));
        }
      }
      print(rows, out);
      return options.text("ratios").isEmpty()
          || keepsTo(Path.of(options.text("ratios")), rows, out);
    }
  }

  /**
   * Whether each scenario costs no more echoes than the file says and {@value #TOLERANCE} of that
   * again; one that it does not name is measured all the same.
   *
   * @param file lines of store, scenario and ratio
   */
  private boolean keepsTo(Path file, List<Row> rows, PrintStream out) throws IOException {
    Map<String, Double> known = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.strip().split(" +");
      if (!line.startsWith("#") && words[0].equals(options.text("store"))) {
        known.put(words[1], Double.valueOf(words[2]));
      }
    }
    boolean kept = true;
    for (int i = 0; i + 1 < rows.size(); i += 2) {
      double ratio = rows.get(i).ratioTo(rows.get(i + 1));
      double limit = known.getOrDefault(rows.get(i).name(), Double.MAX_VALUE) * (1 + TOLERANCE);
      out.printf("%s %s %s%n", options.text("store"), rows.get(i).name(), text(ratio, 2));
      if (ratio > limit) {
        out.printf("^ more than %s: dearer than it was%n", text(limit, 2));
        kept = false;
      }
    }
    return kept;
  }

  /**
   * Runs the rows in turn until the compiler has hardly anything left to do for any of them, each
   * for a limited time.
   */
  private static void warmUp(
      Load load, ServerUnderTest server, List<Row> rows, Duration limit, PrintStream out)
      throws IOException {
    List<Row> cold = new ArrayList<>(rows);
    for (long turn = 0; turn < limit.dividedBy(TURN) && !cold.isEmpty(); turn++) {
      for (Row row : List.copyOf(cold)) {
        Round round = Round.of(load, server, row.clients(), TURN);
        if (turn > 1 && round.compilingMicros() < WARM * round.cpuMicros()) {
          cold.remove(row);
        }
      }
    }
    cold.forEach(row -> out.println("not warm after " + limit + ": " + row.name().strip()));
  }

  /** The median round of each row, by processor time, and the least and the most of all rounds. */
  private static void print(List<Row> rows, PrintStream out) {
    String columns = "%-12s %10s %8s %8s %8s %17s %9s %8s %8s%n";
    out.printf(
        columns,
        "",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU us",
        "least to most",
        "kernel",
        "JIT",
        "GC");
    for (Row row : rows) {
      Round median = row.median();
      double least = row.rounds().stream().mapToDouble(Round::cpuMicros).min().orElseThrow();
      double most = row.rounds().stream().mapToDouble(Round::cpuMicros).max().orElseThrow();
      out.printf(
          columns,
          row.name(),
          text(median.latencies().rate(), 0),
          text(median.latencies().millis(0.5), 2),
          text(median.latencies().millis(0.99), 2),
          text(median.cpuMicros(), 1),
          text(least, 1) + " - " + text(most, 1),
          text(median.kernelMicros(), 1),
          text(median.compilingMicros(), 1),
          text(median.collectingMicros(), 1));
    }
  }

  private static String text(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
