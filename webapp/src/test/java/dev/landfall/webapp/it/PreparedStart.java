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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a start that ended in order has worked out: the work area of Open Liberty (which bundles
 * there are, how they fit together, what is annotated in the application) and the classes, as the
 * JVM has them in memory. A server that begins with it needs half as much of the processor until it
 * is ready. Made once in each build and shared by the processes of its tests.
 */
final class PreparedStart {
  /** Otherwise no classes are kept while Open Liberty's own agent is there. */
  private static final List<String> WITH_AGENT =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:+AllowArchivingWithJavaAgent");

  private static final Path FOLDER = Path.of("target", "servers").toAbsolutePath();
  private static final String WORK_AREA = "workarea";
  private static final String CLASSES = "classes.jsa";

  private final Path folder;

  private PreparedStart(Path folder) {
    this.folder = folder;
  }

  /** The one of this build, which may have to be made. */
  static synchronized PreparedStart get() throws IOException {
    Files.createDirectories(FOLDER);
    Path war = Path.of(System.getProperty("landfall.war", "target/landfall.war"));
    Path folder = FOLDER.resolve("prepared-" + Files.getLastModifiedTime(war).toMillis());
    try (FileChannel file =
        FileChannel.open(
            FOLDER.resolve("prepared.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock lock = file.lock();
      try {
        if (!Files.exists(folder)) {
          make(folder);
        }
      } finally {
        lock.release();
      }
    }
    return new PreparedStart(folder);
  }

  private static void make(Path prepared) throws IOException {
    Path draft = FOLDER.resolve("prepared-draft");
    delete(draft);
    Files.createDirectories(draft);
    TestServer first = TestServer.unprepared("first", Map.of("landfall.store", "memory"));
    first.start();
    first.end();
    copy(first.home().resolve("servers").resolve("landfall").resolve(WORK_AREA), draft);
    Path classes = first.home().resolve(CLASSES);
    if (Files.exists(classes)) { // else it is a JVM that does not do that
      Files.move(classes, draft.resolve(CLASSES));
    }
    Files.move(draft, prepared, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Puts the work area into the folder of a server that is not running, instead of its own. */
  void copyTo(Path server) throws IOException {
    delete(server.resolve(WORK_AREA));
    copy(folder.resolve(WORK_AREA), server);
  }

  /** For the JVM of a server that begins with this. */
  List<String> options() {
    Path classes = folder.resolve(CLASSES);
    return Files.exists(classes) ? with("-XX:SharedArchiveFile=" + classes) : List.of();
  }

  /** For the JVM of a server that works it out, when it ends. */
  static List<String> recording(Path home) {
    return with("-XX:ArchiveClassesAtExit=" + home.resolve(CLASSES));
  }

  private static List<String> with(String option) {
    return Stream.concat(WITH_AGENT.stream(), Stream.of(option)).toList();
  }

  /** Copies a folder with all that is in it. */
  private static void copy(Path from, Path into) throws IOException {
    Path parent = from.getParent();
    try (Stream<Path> all = Files.walk(from)) {
      all.forEach(
          path -> {
            try {
              Files.copy(
                  path, into.resolve(parent.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
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
