package dev.landfall.benchmarks;

import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.store.memory.MemoryProvider;
import dev.landfall.store.sqlite.SqliteProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An empty pull beside few and many documents of other users: what it costs must not depend on
 * them. A million documents take 3 GB of memory, or 3 GB of disk in {@code java.io.tmpdir}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 2)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-Xmx8g"})
public class EmptyPullBenchmark {
  private static final int DOCUMENTS_OF_ONE = 1_000;

  /** Which store. */
  public enum Kind {
    /** The heap. */
    MEMORY,
    /** A file. */
    SQLITE
  }

  /** Which store. */
  @Param public Kind store = Kind.MEMORY;

  /** How many documents other users have. */
  @Param({"1000", "1000000"})
  public int others;

  private @Nullable Path folder;
  private @Nullable StoreBackend backend;
  private @Nullable Device device;

  /** Fills the store; with a million documents that takes a minute or two. */
  @Setup
  public void fill() throws IOException {
    StoreBackend open = open();
    backend = open;
    Server server = new Server(open);
    Device own = new Device(server, "reader").create(DOCUMENTS_OF_ONE);
    for (int user = 0; user < others / DOCUMENTS_OF_ONE; user++) {
      new Device(server, "other" + user).create(DOCUMENTS_OF_ONE);
    }
    own.pull();
    device = own;
  }

  private StoreBackend open() throws IOException {
    if (store == Kind.MEMORY) {
      return new MemoryProvider().open(new StoreSettings(Map.of()));
    }
    Path created = Files.createTempDirectory("landfall-benchmark");
    folder = created;
    return new SqliteProvider()
        .open(
            new StoreSettings(
                Map.of(SqliteProvider.FILE, created.resolve("landfall.db").toString())));
  }

  /** Removes what has been filled. */
  @TearDown
  public void clean() throws IOException {
    if (backend != null) {
      backend.close();
    }
    if (folder != null) {
      try (Stream<Path> all = Files.walk(folder)) {
        List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    }
  }

  /** There is nothing new. */
  @Benchmark
  public long emptyPull() {
    if (device == null) {
      throw new IllegalStateException("fill() comes first");
    }
    return device.pull();
  }
}
