package dev.landfall.benchmarks;

import dev.landfall.benchmarks.load.Api;
import dev.landfall.benchmarks.load.Hints;
import dev.landfall.benchmarks.load.Options;
import dev.landfall.benchmarks.load.ServerUnderTest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures live streams of the packaged server over HTTP: opens many, has one user after the other
 * write, and prints how long it takes from the sending of a write until each stream of that user
 * hears of it, and how much memory the server's process has.
 */
public final class LiveLoad {
  private final Options options;

  private LiveLoad(String[] arguments) {
    options =
        new Options(
            arguments,
            new String[] {"jar", "webapp/target/landfall.jar"},
            new String[] {"folder", "benchmarks/target/live-load"},
            new String[] {"store", "memory"},
            new String[] {"users", "100"},
            new String[] {"streams", "10"},
            new String[] {"warmup", "30"},
            new String[] {"seconds", "60"},
            new String[] {"writes", "20"},
            new String[] {"java", "-Xmx192m -XX:+UseSerialGC"});
  }

  /** Runs; the options are {@code name=value}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      new LiveLoad(arguments).run(System.out);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private void run(PrintStream out) throws IOException, InterruptedException {
    int users = options.number("users", 1, Hints.MAX_USERS);
    int streams = options.number("streams", 1, 20);
    int writes = options.number("writes", 1, 100);
    Duration warmup = Duration.ofSeconds(options.number("warmup", 1, 600));
    Duration time = Duration.ofSeconds(options.number("seconds", 1, 600));
    out.printf("%s%n", options);
    try (ServerUnderTest server =
            ServerUnderTest.start(
                Path.of(options.text("jar")),
                Path.of(options.text("folder")),
                List.of(options.text("java").split(" +")),
                options.text("store"));
        Hints hints = new Hints(server.port())) {
      Api api = new Api(server.port(), "planner");
      memory(server, "started", out);
      for (int user = 0; user < users; user++) {
        hints.add(api, "listener-" + user, streams);
      }
      hints.read(5_000);
      out.printf("%d of %d streams are open%n", hints.open(), users * streams);
      memory(server, "streams open", out);
      write(hints, users, writes, warmup, 0);
      hints.beginAgain();
      long written = write(hints, users, writes, time, 1_000_000);
      memory(server, "at the end", out);
      out.printf(
          "%d writes, %d hints of %d; p50 %.0f ms, p99 %.0f ms, at most %.0f ms%n",
          written,
          hints.latencies().count(),
          written * streams,
          hints.latencies().millis(0.5),
          hints.latencies().millis(0.99),
          hints.latencies().millis(1));
    }
  }

  /** Has one user after the other write, evenly over the time; how often. */
  private static long write(Hints hints, int users, int writes, Duration time, long firstEdit)
      throws IOException, InterruptedException {
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      long number = time.toSeconds() * writes;
      Future<?> writing =
          writer.submit(
              () -> {
                long start = System.nanoTime();
                for (long i = 0; i < number; i++) {
                  long due = start + i * 1_000_000_000L / writes;
                  Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
                  hints.write((int) (i % users), firstEdit + i);
                }
                return number;
              });
      while (!writing.isDone()) {
        hints.read(200);
      }
      hints.read(3_000);
      writing.get();
      return number;
    } catch (ExecutionException e) {
      throw new IOException("a write failed", e.getCause());
    } finally {
      writer.shutdownNow();
    }
  }

  private static void memory(ServerUnderTest server, String when, PrintStream out)
      throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
      if (line.startsWith("VmRSS") || line.startsWith("VmHWM")) {
        out.println(when + ": " + line.replaceAll("\\s+", " "));
      }
    }
  }
}
