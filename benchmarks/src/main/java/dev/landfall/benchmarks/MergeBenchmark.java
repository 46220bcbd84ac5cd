package dev.landfall.benchmarks;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.merge.ClientCopy;
import dev.landfall.engine.merge.DocumentMerge;
import dev.landfall.engine.merge.MergeOutcome;
import dev.landfall.engine.merge.MergeRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

/** One copy of a document of ten fields merged into the stored one: from bytes to bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class MergeBenchmark {
  private static final UserId ALICE = new UserId("alice");
  private static final Duration HISTORY = Duration.ofDays(30);
  private static final DocumentId ID =
      new DocumentId(ALICE, new CollectionName("tasks"), new DocumentKey(Note.key(1)));

  private final StoredDocument stored;
  private final Document decoded;
  private final History history;
  private final JsonObject edited = Note.of(1, 3);
  private final Map<String, HybridTimestamp> stamps = new HashMap<>();
  private final HybridTimestamp created = server(10);
  private final HybridTimestamp latest = server(20);

  /** A document that has been created, and then edited by another device. */
  public MergeBenchmark() {
    Map<String, HybridTimestamp> first = new HashMap<>();
    Note.of(1, 0).members().keySet().forEach(name -> first.put(name, phone(1)));
    MergeOutcome creation =
        merge(created)
            .merge(
                ID,
                Optional.empty(),
                History.NONE,
                ClientCopy.of(Note.of(1, 0), first, HybridTimestamp.ZERO));
    Document document = creation.document().orElseThrow();
    History one = History.NONE.with(creation.entry().orElseThrow(), HISTORY);
    JsonObject done =
        JsonObject.builder()
            .put("done", true)
            .put("priority", 9)
            .put("list", "Next week")
            .put("estimate", 2)
            .build();
    JsonObject.Builder other = JsonObject.builder();
    Note.of(1, 0).members().forEach(other::put);
    done.members().forEach(other::put);
    Map<String, HybridTimestamp> second = new HashMap<>(first);
    done.members().keySet().forEach(name -> second.put(name, laptop(12)));
    MergeOutcome edit =
        merge(latest)
            .merge(ID, Optional.of(document), one, ClientCopy.of(other.build(), second, created));
    decoded = edit.document().orElseThrow();
    history = one.with(edit.entry().orElseThrow(), HISTORY);
    stored = StoredForm.encode(decoded, history.bytes());
    stamps.putAll(first);
    stamps.put(Note.EDITED, phone(30));
  }

  private static HybridTimestamp server(long millis) {
    return new HybridTimestamp(1_764_000_000_000L + millis, 0, "srv.abcdefgh.01234567");
  }

  private static HybridTimestamp phone(long millis) {
    return new HybridTimestamp(1_764_000_000_000L + millis, 0, "phone");
  }

  private static HybridTimestamp laptop(long millis) {
    return new HybridTimestamp(1_764_000_000_000L + millis, 0, "laptop");
  }

  private static DocumentMerge merge(HybridTimestamp commit) {
    return new DocumentMerge(MergeRules.FREE_FORM, ALICE, commit, commit.millis());
  }

  private StoredDocument mergeFrom(HybridTimestamp base) {
    Document document = StoredForm.decode(stored);
    History past = new History(stored.history());
    MergeOutcome outcome =
        merge(server(40))
            .merge(ID, Optional.of(document), past, ClientCopy.of(edited, stamps, base));
    History next = past.with(outcome.entry().orElseThrow(), HISTORY);
    return StoredForm.encode(outcome.document().orElseThrow(), next.bytes());
  }

  /** The client knows the stored version and has edited one field. */
  @Benchmark
  public StoredDocument edit() {
    return mergeFrom(latest);
  }

  /** Another device has edited other fields since; the history has to be read. */
  @Benchmark
  public StoredDocument concurrentEdits() {
    return mergeFrom(created);
  }

  /** The merge alone, of what {@link #edit()} decodes. */
  @Benchmark
  public MergeOutcome mergeAlone() {
    return merge(server(40))
        .merge(ID, Optional.of(decoded), history, ClientCopy.of(edited, stamps, latest));
  }

  /** What reading the stored document takes of it. */
  @Benchmark
  public Document decode() {
    return StoredForm.decode(stored);
  }

  /** What writing it takes. */
  @Benchmark
  public StoredDocument encode() {
    return StoredForm.encode(decoded, history.bytes());
  }
}
