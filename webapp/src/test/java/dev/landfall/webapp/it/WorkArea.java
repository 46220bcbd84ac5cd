package dev.landfall.webapp.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What Open Liberty has worked out at a start that ended in order: which bundles there are, how
 * they fit together, what is annotated in the application. A server that begins with it needs a
 * third less of the processor until it is ready. Made once in each build and shared by the
 * processes of its tests.
 */
final class WorkArea {
  private static final Path FOLDER = Path.of("target", "servers").toAbsolutePath();
  private static final String NAME = "workarea";

  private WorkArea() {}

  /** Puts a copy into the folder of a server that is not running, instead of what is there. */
  static synchronized void copyTo(Path server) throws IOException {
    Path prepared = prepared();
    delete(server.resolve(NAME));
    copy(prepared, server.resolve(NAME));
  }

  private static Path prepared() throws IOException {
    Files.createDirectories(FOLDER);
    Path war = Path.of(System.getProperty("landfall.war", "target/landfall.war"));
    Path prepared = FOLDER.resolve("workarea-" + Files.getLastModifiedTime(war).toMillis());
    try (FileChannel file =
        FileChannel.open(
            FOLDER.resolve("workarea.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock lock = file.lock();
      try {
        if (!Files.exists(prepared)) {
          make(prepared);
        }
      } finally {
        lock.release();
      }
    }
    return prepared;
  }

  private static void make(Path prepared) throws IOException {
    TestServer first = TestServer.withoutWorkArea("first", Map.of("landfall.store", "memory"));
    first.start();
    first.close();
    Path copy = FOLDER.resolve("workarea-copy");
    delete(copy);
    copy(first.home().resolve("servers").resolve("landfall").resolve(NAME), copy);
    Files.move(copy, prepared, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      all.forEach(
          path -> {
            try {
              Files.copy(
                  path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  /** Deletes a folder with all that is in it, if there is one. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
