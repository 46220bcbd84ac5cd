package dev.landfall.store.sqlite;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.store.tck.StoreTiming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures the SQLite store in a new directory, the argument or the one for temporary files. */
final class SqliteTiming {
  private SqliteTiming() {}

  public static void main(String... arguments) throws IOException {
    Path folder =
        arguments.length > 0
            ? Files.createTempDirectory(Path.of(arguments[0]), "timing")
            : Files.createTempDirectory("timing");
    try (StoreBackend backend = SqliteBackend.open(folder.resolve("landfall.db"))) {
      new StoreTiming(backend, System.out).run();
    }
  }
}
