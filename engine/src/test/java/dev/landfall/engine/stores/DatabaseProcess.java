package dev.landfall.engine.stores;

import dev.landfall.store.mongo.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A database server in a process of its own, started by the command that the environment gives. */
final class DatabaseProcess {
  private static final String COMMAND = "LANDFALL_TEST_MONGO_START";

  private final Process process;

  private DatabaseProcess(Process process) {
    this.process = process;
  }

  /** Starts it and waits until it answers. */
  static DatabaseProcess start(Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", "exec " + System.getenv(COMMAND))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!TestDatabase.givenServerAnswers()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new AssertionError("the database does not start: " + Files.readString(log));
      }
      Thread.sleep(50);
    }
    return new DatabaseProcess(process);
  }

  /** Takes its life without a word. */
  void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the database does not die");
    }
  }
}
