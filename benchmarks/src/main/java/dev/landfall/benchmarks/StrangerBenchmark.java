package dev.landfall.benchmarks;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.sqlite.SqliteProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * What somebody costs who asks for a document they may not read: it has 15 MB of history, or is not
 * there. On SQLite, where what is loaded comes from a file.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
public class StrangerBenchmark {
  private static final UserId OWNER = new UserId("owner");
  private static final UserId STRANGER = new UserId("stranger");
  private static final int VERSIONS = 60;
  private static final int VERSION_BYTES = 250_000;

  /** Whether the document is there. */
  @Param({"true", "false"})
  public boolean there;

  private @Nullable Path folder;
  private @Nullable StoreBackend backend;
  private @Nullable Server server;

  /** Writes one document many times. */
  @Setup
  public void fill() throws IOException {
    Path created = Files.createTempDirectory("landfall-benchmark");
    folder = created;
    StoreBackend open =
        new SqliteProvider()
            .open(
                new StoreSettings(
                    Map.of(SqliteProvider.FILE, created.resolve("landfall.db").toString())));
    backend = open;
    Server made = new Server(open);
    HybridTimestamp base = HybridTimestamp.ZERO;
    for (int version = 0; version < VERSIONS; version++) {
      made.pass(Duration.ofSeconds(1));
      Change change = change(Optional.empty(), made.now("phone"), base, version);
      SyncRequest request = SyncRequest.push(Device.TASKS, base, List.of(change));
      base =
          made.engine()
              .sync(Device.PLANNER, OWNER, OWNER, request)
              .deliver(wire -> {})
              .serverClock();
    }
    server = made;
  }

  private static Change change(
      Optional<String> owner, HybridTimestamp stamp, HybridTimestamp base, int version) {
    String text = String.valueOf((char) ('a' + version % 26)).repeat(VERSION_BYTES);
    return new Change(
        new DocumentKey("large"),
        Optional.of(JsonObject.builder().put("text", version + text).build()),
        Map.of("text", stamp),
        base,
        Optional.empty(),
        owner);
  }

  /** Removes what has been filled. */
  @TearDown
  public void clean() throws IOException {
    if (backend != null) {
      backend.close();
    }
    if (folder != null) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private Server server() {
    if (server == null) {
      throw new IllegalStateException("fill() comes first");
    }
    return server;
  }

  private DocumentKey key() {
    return new DocumentKey(there ? "large" : "missing");
  }

  /** The history. */
  @Benchmark
  public String history() {
    try {
      DocumentId id = new DocumentId(OWNER, Device.TASKS, key());
      return server()
          .engine()
          .history(Device.PLANNER, STRANGER, STRANGER, id, Optional.empty(), 10)
          .toString();
    } catch (SyncException e) {
      return e.text();
    }
  }

  /** A write that names the owner. */
  @Benchmark
  public int push() {
    Change change =
        new Change(
            key(),
            Optional.of(JsonObject.EMPTY),
            Map.of("text", server().now("other")),
            HybridTimestamp.ZERO,
            Optional.empty(),
            Optional.of(OWNER.value()));
    SyncRequest request = SyncRequest.push(Device.TASKS, HybridTimestamp.ZERO, List.of(change));
    return server().engine().sync(Device.PLANNER, STRANGER, STRANGER, request).rejections().size();
  }
}
