package dev.landfall.benchmarks;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.sqlite.SqliteBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Searches in a feed of 100,000 documents with twelve terms each, beside as many of other people,
 * and what the terms add to a commit of one document.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SearchBenchmark {
  private static final int DOCUMENTS = 100_000;
  private static final int COMMIT = 2_000;
  private static final int LIMIT = 2_000;
  private static final UserId ANN = new UserId("ann");
  private static final CollectionName NOTES = new CollectionName("notes");
  private static final Set<Feed> FEEDS = Set.of(new Feed(ANN, NOTES));
  private static final Bytes WIRE = Bytes.utf8("{\"title\":\"" + "x".repeat(300) + "\"}");

  @Param({"memory", "sqlite"})
  private String store = "memory";

  private Optional<Path> folder = Optional.empty();
  private StoreBackend backend = new MemoryBackend();
  private ApplicationStore application = backend.application(new ApplicationName("search"));
  private int written;

  /** Opens the store and fills it. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    if (store.equals("sqlite")) {
      Path created = Files.createTempDirectory("search");
      folder = Optional.of(created);
      backend = SqliteBackend.open(created.resolve("landfall.db"));
      application = backend.application(new ApplicationName("search"));
    }
    for (int from = 0; from < DOCUMENTS; from += COMMIT) {
      List<StoredDocument> documents = new ArrayList<>();
      Tip tip = application.tip();
      for (int i = from; i < from + COMMIT; i++) {
        documents.add(document(ANN, i, clock(tip, 2 * (i - from)), terms(i)));
        documents.add(
            document(new UserId("u" + i % 997), i, clock(tip, 2 * (i - from) + 1), terms(i)));
      }
      append(tip, documents);
    }
  }

  /** Closes the store and removes its files. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    backend.close();
    if (folder.isPresent()) {
      try (var files = Files.list(folder.get())) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder.get());
    }
  }

  /** A hundred of 100,000 documents have the term. */
  @Benchmark
  public Object oneTermWithAHundredHits() {
    return found(100, all(List.of(TermRange.of("f:owner=s17"))));
  }

  /** 2,000 documents have one of the terms. */
  @Benchmark
  public Object aRangeWithTwoThousandHits() {
    return found(2_000, all(List.of(new TermRange("f:price=n010000", "f:price=n012000"))));
  }

  /** 10,000 documents have the term, which is more than asked for. */
  @Benchmark
  public Object oneTermWithTooManyHits() {
    return application.search(FEEDS, all(List.of(TermRange.of("f:state=s3"))), LIMIT);
  }

  /** A word that 1,000 documents have, and the beginning of one that 10,000 have. */
  @Benchmark
  public Object aWordAndAPrefix() {
    return found(
        100, all(List.of(TermRange.of("w:word31")), List.of(TermRange.startingWith("w:tag3"))));
  }

  /** Two words, 10,000 documents each. */
  @Benchmark
  public Object twoFrequentWords() {
    return found(
        1_000, all(List.of(TermRange.of("w:tag3")), List.of(TermRange.of("w:lot1"))));
  }

  /** A commit of one document in which one of ten words is another one. */
  @Benchmark
  public Object aCommitWithTenWords() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      words.add("w:always" + i);
    }
    words.add("w:once" + written++ % 1_000);
    return commit(Terms.of(words));
  }

  /** A commit of one document without terms. */
  @Benchmark
  public Object aCommitWithoutTerms() {
    return commit(Terms.NONE);
  }

  private Tip commit(Terms terms) {
    Tip tip = application.lastKnownTip();
    UserId writer = new UserId(terms.equals(Terms.NONE) ? "plain" : "worded");
    append(tip, List.of(document(writer, 1, clock(tip, 0), terms)));
    return tip;
  }

  private Object found(int expected, TermQuery query) {
    List<FeedEntry> found = application.search(FEEDS, query, LIMIT).orElseThrow();
    if (found.size() != expected) {
      throw new IllegalStateException("found " + found.size() + " instead of " + expected);
    }
    return found;
  }

  @SafeVarargs
  private static TermQuery all(List<TermRange>... elements) {
    return new TermQuery(List.of(elements));
  }

  private static Terms terms(int i) {
    List<String> terms = new ArrayList<>();
    terms.add("f:owner=s" + i % 1_000);
    terms.add("f:state=s" + i % 10);
    terms.add(String.format("f:price=n%06d", i));
    terms.add("w:word" + i % 100);
    terms.add("w:tag" + i / 100 % 10);
    terms.add("w:lot" + i / 1_000 % 10);
    for (int word = 0; word < 6; word++) {
      terms.add("w:other" + (i * 31 + word * 7_919) % 50_000);
    }
    return Terms.of(terms);
  }

  private static StoredDocument document(
      UserId owner, int number, HybridTimestamp revision, Terms terms) {
    DocumentId id = new DocumentId(owner, NOTES, new DocumentKey("note " + number));
    return new StoredDocument(id, revision, false, WIRE, Bytes.utf8("r"), Bytes.EMPTY, terms);
  }

  private static HybridTimestamp clock(Tip tip, int sequence) {
    return new HybridTimestamp(tip.clock().millis() + 1, sequence, "s1.e1");
  }

  private void append(Tip tip, List<StoredDocument> documents) {
    List<FeedEntry> entries = new ArrayList<>();
    for (StoredDocument document : documents) {
      Feed feed = new Feed((UserId) document.id().owner(), NOTES);
      entries.add(
          new FeedEntry(feed, document.revision(), document.id(), FeedEntry.Kind.CHANGED));
    }
    long number = tip.number() + 1;
    application.append(
        new Commit(
            number, clock(tip, documents.size()), "e1", "t" + number, documents, entries));
  }
}
