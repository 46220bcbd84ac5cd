package dev.landfall.benchmarks;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.MergeStrategies;
import dev.landfall.engine.query.Condition;
import dev.landfall.engine.query.Filter;
import dev.landfall.engine.query.Operator;
import dev.landfall.engine.query.SearchField;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortKey;
import dev.landfall.engine.query.TextQuery;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.sqlite.SqliteBackend;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What somebody with 100,000 documents of their own waits for when they search: whole searches of
 * the engine, from the request to the documents in their delivered form; and what it costs to write
 * a document that can be found. Besides the time it prints how long the thread was busy, which is
 * what is left of it on a machine that does other things, and how much was read. The arguments are
 * the stores, both if there are none.
 */
public final class SearchBenchmark {
  private static final int DOCUMENTS = Integer.getInteger("landfall.search.documents", 100_000);

  /** A file of SQLite that is filled by the first run and searched by the others. */
  private static final String KEPT = "landfall.search.file";

  /** Searches whose names contain this are measured. */
  private static final String ONLY = System.getProperty("landfall.search.only", "");

  private static final int PUSH = 1_000;
  private static final long SECONDS_EACH = 3;

  /** All searches, one after the other, before one is measured. */
  private static final long SECONDS_WARM = Integer.getInteger("landfall.search.warm", 60);

  private static final int MOST_TIMES = 400;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final UserId ANN = new UserId("ann");
  private static final ApplicationName APPLICATION = new ApplicationName("search");
  private static final CollectionName NOTES = new CollectionName("notes");
  private static final List<String> INDEXES = List.of("owner", "state", "price", "priority");
  private static final String TEXT =
      "the parcel is at the neighbours ring twice they are in the garden most of the time";

  private final String store;
  private final CountedBackend backend;
  private final SyncEngine engine;
  private long millis = 1_764_000_000_000L;

  private SearchBenchmark(String store, StoreBackend backend) {
    this.store = store;
    this.backend = new CountedBackend(backend);
    CollectionDefinition notes =
        new CollectionDefinition(
            DocumentSchema.NONE,
            MergeStrategies.NONE,
            new IndexedFields(INDEXES.stream().map(LeafPath::parse).toList()));
    this.engine =
        new SyncEngine(
            this.backend,
            List.of(new ApplicationDefinition(APPLICATION, "", Map.of(NOTES, notes))),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(millis),
            new Random(1),
            EngineObserver.NONE);
  }

  /** Measures. */
  public static void main(String... stores) throws IOException {
    for (String store : stores.length > 0 ? stores : new String[] {"memory", "sqlite"}) {
      if (store.equals("memory")) {
        try (StoreBackend backend = new MemoryBackend()) {
          new SearchBenchmark(store, backend).run();
        }
      } else {
        Optional<Path> kept = Optional.ofNullable(System.getProperty(KEPT)).map(Path::of);
        if (kept.isPresent()) {
          try (StoreBackend backend = SqliteBackend.open(kept.get())) {
            new SearchBenchmark(store, backend).run();
          }
          continue;
        }
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
    long start = System.nanoTime();
    engine.completeIndexes();
    if (backend.application(APPLICATION).tip().number() == 0) {
      for (int from = 0; from < DOCUMENTS; from += PUSH) {
        push(from, PUSH);
      }
    }
    System.out.printf("%s: written in %.1f s%n", store, (System.nanoTime() - start) / 1e9);
    SearchRequest few = where(equal("owner", new JsonString("s17")));
    start = System.nanoTime();
    long startBusy = THREADS.getCurrentThreadCpuTime();
    search(few);
    System.out.printf(
        "%s: the first search %.0f ms, %.0f ms of them busy%n",
        store,
        (System.nanoTime() - start) / 1e6,
        (THREADS.getCurrentThreadCpuTime() - startBusy) / 1e6);
    System.out.printf(
        "%-6s %-46s %9s %9s %9s %6s %7s %9s %5s%n",
        "store", "search", "p50 ms", "p99 ms", "cpu ms", "found", "entries", "documents", "calls");
    Map<String, SearchRequest> searches = searches(few);
    searches.keySet().removeIf(what -> !what.contains(ONLY));
    long end = System.nanoTime() + SECONDS_WARM * 1_000_000_000L;
    while (System.nanoTime() < end) {
      searches.values().forEach(this::search);
    }
    searches.forEach(this::measure);
    write();
  }

  private Map<String, SearchRequest> searches(SearchRequest few) {
    Map<String, SearchRequest> searches = new LinkedHashMap<>();
    searches.put("owner = s17, 100 hits", few);
    SearchRequest many = where(equal("state", new JsonString("s3")));
    searches.put("state = s3, 10,000 hits", many);
    searches.put("state = s3, page 2", next(many));
    SearchRequest range = where(and(price(Operator.GTE, 10_000), price(Operator.LT, 12_000)));
    searches.put("price in 10000..12000, 2,000 hits", range);
    searches.put("price in 10000..12000, page 2", next(range));
    searches.put("price >= 50000, 50,000 hits", where(price(Operator.GTE, 50_000)));
    searches.put(
        "owner = s17 and state = s7, 100 hits",
        where(and(equal("owner", new JsonString("s17")), equal("state", new JsonString("s7")))));
    searches.put(
        "state = s3 and priority = 1, 2,000 hits",
        where(and(equal("state", new JsonString("s3")), equal("priority", number(1)))));
    SearchRequest sorted = sorted(Optional.empty(), "price", false, 20);
    searches.put("by price, first 20 of all", sorted);
    searches.put("by price, page 2", next(sorted));
    searches.put("by price, the last 100 of all", sorted(Optional.empty(), "price", true, 100));
    searches.put(
        "state = s3 by price, first 20 of 10,000",
        sorted(Optional.of(equal("state", new JsonString("s3"))), "price", false, 20));
    searches.put("2,000 prices by price, first 20", sorted(range.filter(), "price", false, 20));
    searches.put(
        "owner = s17 by price, first 20 of 100",
        sorted(Optional.of(equal("owner", new JsonString("s17"))), "price", false, 20));
    searches.put(
        "by priority, first 20 of 20,000 equal ones",
        sorted(Optional.empty(), "priority", false, 20));
    searches.put("two rare words, 5 hits", text("rare17 some17"));
    SearchRequest common = text("tag3 lot1");
    searches.put("two words of 10,000, 1,000 hits", common);
    searches.put("two words of 10,000, page 2", next(common));
    searches.put("two words of 10,000 that never meet", text("tag3 tag5 tag"));
    searches.put("a word of all and one of 10,000", text("parcel tag3"));
    searches.put("a prefix of 11,000", text("word3"));
    searches.put("a prefix of all", text("wor"));
    searches.put("a word of 1,000 and a prefix of all", text("word31 ta"));
    searches.put(
        "a word of 1,000 and state = s1", text("word31", equal("state", new JsonString("s1"))));
    searches.put("not indexed: size = 17, 1,000 hits", where(equal("size", number(17))));
    return searches;
  }

  private void measure(String what, SearchRequest request) {
    List<Long> nanos = new ArrayList<>();
    List<Long> busy = new ArrayList<>();
    backend.forget();
    int found = search(request).results().size();
    long documents = backend.documents;
    long entries = backend.entries;
    long calls = backend.calls;
    long end = System.nanoTime() + SECONDS_EACH * 1_000_000_000L;
    while (nanos.isEmpty() || (nanos.size() < MOST_TIMES && System.nanoTime() < end)) {
      long start = System.nanoTime();
      long startBusy = THREADS.getCurrentThreadCpuTime();
      search(request);
      busy.add(THREADS.getCurrentThreadCpuTime() - startBusy);
      nanos.add(System.nanoTime() - start);
    }
    nanos.sort(Long::compare);
    busy.sort(Long::compare);
    System.out.printf(
        Locale.ROOT,
        "%-6s %-46s %9.3f %9.3f %9.3f %6d %7d %9d %5d%n",
        store,
        what,
        nanos.get(nanos.size() / 2) / 1e6,
        nanos.get(nanos.size() * 99 / 100) / 1e6,
        busy.get(busy.size() / 2) / 1e6,
        found,
        entries,
        documents,
        calls);
  }

  private void write() {
    push(DOCUMENTS, 100);
    int times = 300;
    long[] nanos = new long[times];
    long[] busy = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      long startBusy = THREADS.getCurrentThreadCpuTime();
      push(DOCUMENTS + i % 100, 1);
      busy[i] = THREADS.getCurrentThreadCpuTime() - startBusy;
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    Arrays.sort(busy);
    System.out.printf(
        Locale.ROOT,
        "%-6s %-46s %9.3f %9.3f %9.3f%n",
        store,
        "write one document anew",
        nanos[times / 2] / 1e6,
        nanos[times * 99 / 100] / 1e6,
        busy[times / 2] / 1e6);
  }

  private SearchPage search(SearchRequest request) {
    return engine.search(APPLICATION, ANN, ANN, request);
  }

  /** The same on the second page. */
  private SearchRequest next(SearchRequest request) {
    return new SearchRequest(
        NOTES,
        request.filter(),
        request.text(),
        request.sort(),
        request.limit(),
        search(request).after(),
        Optional.empty(),
        false);
  }

  private static SearchRequest request(
      Optional<Filter> filter, Optional<TextQuery> text, List<SortKey> sort, int limit) {
    return new SearchRequest(
        NOTES, filter, text, sort, limit, Optional.empty(), Optional.empty(), false);
  }

  private static SearchRequest where(Filter filter) {
    return request(Optional.of(filter), Optional.empty(), List.of(), 100);
  }

  private static SearchRequest sorted(
      Optional<Filter> filter, String field, boolean descending, int limit) {
    List<SortKey> keys = List.of(new SortKey(SearchField.parse(field), descending));
    return request(filter, Optional.empty(), keys, limit);
  }

  private static SearchRequest text(String text) {
    return request(Optional.empty(), words(text), List.of(), 100);
  }

  private static SearchRequest text(String text, Filter filter) {
    return request(Optional.of(filter), words(text), List.of(), 100);
  }

  private static Optional<TextQuery> words(String text) {
    return Optional.of(new TextQuery(text, List.of()));
  }

  private static Filter and(Filter... filters) {
    return new Filter.And(List.of(filters));
  }

  private static Filter price(Operator operator, int price) {
    return leaf("price", operator, number(price));
  }

  private static Filter equal(String field, JsonValue value) {
    return leaf(field, Operator.EQ, value);
  }

  private static Filter leaf(String field, Operator operator, JsonValue value) {
    return new Filter.Leaf(new Condition(SearchField.parse(field), operator, value));
  }

  private static JsonValue number(int number) {
    return JsonNumber.parse(Integer.toString(number));
  }

  private void push(int from, int number) {
    millis += 2;
    List<Change> changes = new ArrayList<>();
    for (int i = from; i < from + number; i++) {
      JsonObject fields = note(i);
      Map<String, HybridTimestamp> stamps = new HashMap<>();
      for (String name : fields.members().keySet()) {
        stamps.put(LeafPath.ofField(name).text(), new HybridTimestamp(millis, 0, "phone"));
      }
      changes.add(
          new Change(
              new DocumentKey("note-" + i),
              Optional.of(fields),
              stamps,
              HybridTimestamp.ZERO,
              Optional.empty()));
    }
    engine.sync(APPLICATION, ANN, ANN, SyncRequest.push(NOTES, HybridTimestamp.ZERO, changes));
  }

  private JsonObject note(int i) {
    StringBuilder words = new StringBuilder("other" + millis % 1_000);
    for (int word = 0; word < 6; word++) {
      words.append(" more").append((i * 31L + word * 7_919L) % 50_000);
    }
    return JsonObject.builder()
        .put("title", "word" + i % 100 + " tag" + i / 100 % 10 + " lot" + i / 1_000 % 10)
        .put("about", "rare" + i / 5 + " some" + i / 5 + " " + words)
        .put("notes", TEXT)
        .put("owner", "s" + i % 1_000)
        .put("state", "s" + i % 10)
        .put("price", i * 7_919L % DOCUMENTS)
        .put("priority", i / 10 % 5)
        .put("size", i % 100)
        .put("done", i % 3 == 0)
        .build();
  }
}
