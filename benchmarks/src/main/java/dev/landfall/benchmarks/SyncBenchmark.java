package dev.landfall.benchmarks;

import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.sync.Change;
import dev.landfall.store.memory.MemoryProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Requests to the engine over the memory store, without HTTP. Time passes so that each document is
 * edited every fourth day, and keeps a history of eight or nine versions.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class SyncBenchmark {
  private static final int DOCUMENTS = 100;
  private static final int MANY = 50;
  private static final Duration BETWEEN_EDITS = Duration.ofDays(4);

  private final Server server = new Server(new MemoryProvider().open(new StoreSettings(Map.of())));
  private final Device writer = new Device(server, "alice").create(DOCUMENTS);
  private final Device reader = new Device(server, "bob").create(1_000);
  private long edits;

  /** Each push brings one edited field of one document. */
  @Benchmark
  public long pushOfOneDocument() {
    server.pass(BETWEEN_EDITS.dividedBy(DOCUMENTS));
    edits++;
    return writer.push(List.of(writer.edit((int) (edits % DOCUMENTS), edits)));
  }

  /** Each push brings one edited field in each of 50 documents. */
  @Benchmark
  public long pushOfFiftyDocuments() {
    server.pass(BETWEEN_EDITS);
    edits++;
    List<Change> changes = new ArrayList<>(MANY);
    for (int number = 0; number < MANY; number++) {
      changes.add(writer.edit(number, edits));
    }
    return writer.push(changes);
  }

  /** There is nothing new. */
  @Benchmark
  public long emptyPull() {
    return reader.pull();
  }

  /** A new device pulls a thousand documents. */
  @Benchmark
  public long pullOfThousandDocuments() {
    return reader.pullAll();
  }
}
