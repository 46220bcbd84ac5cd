package dev.landfall.store.sqlite;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.task;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.Draft;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that opens a database, to be killed. */
final class ChildServer {
  private final Process process;

  private ChildServer(Process process) {
    this.process = process;
  }

  static ChildServer start(Path file, String task) throws IOException {
    return new ChildServer(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ChildServer.class.getName(),
                file.toString(),
                task)
            .redirectErrorStream(true)
            .start());
  }

  /** Opens the file and, if told so, appends until it is killed, saying what is acknowledged. */
  public static void main(String... arguments) {
    try (StoreBackend backend = SqliteBackend.open(Path.of(arguments[0]))) {
      if (arguments[1].equals("open")) {
        return;
      }
      ApplicationStore store = backend.application(new ApplicationName("todo"));
      while (true) {
        long number = store.tip().number() + 1;
        write(store, number);
        System.out.println("acknowledged " + number + " .");
        System.out.flush();
      }
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Appends commit {@code number}: a document of its own, one that all commits change, now and then
   * a large one.
   */
  static void write(ApplicationStore store, long number) {
    String wire = Long.toString(number);
    Draft.append(
        store,
        draft -> {
          draft.put(task("always"), wire, ALICE, BOB);
          draft.put(task("n" + number), wire, ALICE);
          if (number % 7 == 0) {
            draft.put(task("large"), wire + "x".repeat(30_000), BOB);
          }
        });
  }

  /** Lets it acknowledge that many commits, kills it, and returns the number of the last. */
  long killAfter(int acknowledged) throws IOException, InterruptedException {
    long last = 0;
    int lines = 0;
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.startsWith("acknowledged ") || !line.endsWith(" .")) {
          continue;
        }
        last = Long.parseLong(line.substring("acknowledged ".length(), line.length() - 2));
        if (++lines == acknowledged) {
          // Not through the process, which would close its output before we have read all of it.
          process.toHandle().destroyForcibly();
        }
      }
    }
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the child does not die");
    }
    return last;
  }

  /** What it says until it ends by itself. */
  String waitForExitText() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    }
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the child does not end");
    }
    return String.join("\n", lines);
  }
}
