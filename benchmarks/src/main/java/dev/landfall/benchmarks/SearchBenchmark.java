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
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Searches in a feed of 100,000 documents with twelve terms each, beside as many of other people,
 * and what the terms add to a commit of one document. The arguments are the stores, both if there
 * are none.
 */
public final class SearchBenchmark {
  private static final int DOCUMENTS = 100_000;
  private static final int COMMIT = 2_000;
  private static final int LIMIT = 2_000;
  private static final UserId ANN = new UserId("ann");
  private static final CollectionName NOTES = new CollectionName("notes");
  private static final Set<Feed> FEEDS = Set.of(new Feed(ANN, NOTES));
  private static final Bytes WIRE = Bytes.utf8("{\"title\":\"" + "x".repeat(300) + "\"}");

  private final String store;
  private final ApplicationStore application;
  private int written;

  private SearchBenchmark(String store, StoreBackend backend) {
    this.store = store;
    this.application = backend.application(new ApplicationName("search"));
  }

  /** Measures. */
  public static void main(String... stores) throws IOException {
    for (String store : stores.length > 0 ? stores : new String[] {"memory", "sqlite"}) {
      if (store.equals("memory")) {
        try (StoreBackend backend = new MemoryBackend()) {
          new SearchBenchmark(store, backend).run();
        }
      } else {
        Path folder = Files.createTempDirectory("search");
        try (StoreBackend backend = SqliteBackend.open(folder.resolve("landfall.db"))) {
          new SearchBenchmark(store, backend).run();
        }
        try (var files = Files.list(folder)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(folder);
      }
    }
  }

  private void run() {
    fill();
    measure("the first search of a feed", 1, this::oneTerm);
    measure("one term, 100 hits", 300, this::oneTerm);
    measure("a range, 2,000 hits", 100, this::range);
    measure("one term, 10,000 hits, 2,000 wanted", 300, this::tooMany);
    measure("a word and a prefix, 100 hits", 300, this::wordAndPrefix);
    measure("two frequent words, 1,000 hits", 100, this::twoWords);
    measure("commit of a document without terms", 500, () -> commit(Terms.NONE));
    measure("commit of a document with ten words, one of them new", 500, this::commitWords);
    measure("commit of a document without terms", 500, () -> commit(Terms.NONE));
    measure("commit of a document with ten words, one of them new", 500, this::commitWords);
  }

  private void measure(String what, int times, Runnable work) {
    long[] nanos = new long[times];
    for (int warm = times > 1 ? times / 2 : 0; warm > 0; warm--) {
      work.run();
    }
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.run();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%s: %s: median %.3f ms, a quarter below %.3f ms, %.0f/s%n",
        store,
        what,
        nanos[times / 2] / 1e6,
        nanos[times / 4] / 1e6,
        times * 1e9 / Arrays.stream(nanos).sum());
  }

  private void fill() {
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

  private void oneTerm() {
    find(100, all(List.of(TermRange.of("f:owner=s17"))));
  }

  private void range() {
    find(2_000, all(List.of(new TermRange("f:price=n010000", "f:price=n012000"))));
  }

  private void tooMany() {
    TermQuery frequent = all(List.of(TermRange.of("f:state=s3")));
    if (application.search(FEEDS, frequent, LIMIT).isPresent()) {
      throw new IllegalStateException("found too many");
    }
  }

  /** 1,000 documents have the word, 10,000 one with the prefix. */
  private void wordAndPrefix() {
    find(100, all(List.of(TermRange.of("w:word31")), List.of(TermRange.startingWith("w:tag3"))));
  }

  /** 10,000 documents have each. */
  private void twoWords() {
    find(1_000, all(List.of(TermRange.of("w:tag3")), List.of(TermRange.of("w:lot1"))));
  }

  private void commitWords() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      words.add("w:always" + i);
    }
    words.add("w:once" + written++ % 1_000);
    commit(Terms.of(words));
  }

  private void commit(Terms terms) {
    Tip tip = application.lastKnownTip();
    UserId writer = new UserId(terms.equals(Terms.NONE) ? "plain" : "worded");
    append(tip, List.of(document(writer, 1, clock(tip, 0), terms)));
  }

  private void find(int expected, TermQuery query) {
    List<FeedEntry> found = application.search(FEEDS, query, LIMIT).orElseThrow();
    if (found.size() != expected) {
      throw new IllegalStateException("found " + found.size() + " instead of " + expected);
    }
  }

  private static TermQuery all(List<TermRange> any) {
    return new TermQuery(List.of(any));
  }

  private static TermQuery all(List<TermRange> any, List<TermRange> another) {
    return new TermQuery(List.of(any, another));
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
      entries.add(new FeedEntry(feed, document.revision(), document.id(), FeedEntry.Kind.CHANGED));
    }
    long number = tip.number() + 1;
    application.append(
        new Commit(number, clock(tip, documents.size()), "e1", "t" + number, documents, entries));
  }
}
