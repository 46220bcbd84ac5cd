package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.StoredForm;
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
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A server with documents in it, and short ways to write, to search and to pull. */
final class SearchWorld {
  final WatchedStore store = new WatchedStore();
  long millis = TestServer.START;

  /** How much time passes whenever somebody asks for it. */
  long millisPerLook;

  SyncEngine engine = start(List.of());

  /** Another run of the server, which has not looked at the index yet. */
  SyncEngine start(List<String> indexes) {
    IndexedFields fields = new IndexedFields(indexes.stream().map(LeafPath::parse).toList());
    CollectionDefinition tasks =
        new CollectionDefinition(DocumentSchema.NONE, MergeStrategies.NONE, fields);
    engine =
        new SyncEngine(
            store,
            List.of(new ApplicationDefinition(TODO, "", Map.of(TASKS, tasks))),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(millis += millisPerLook),
            new Random(indexes.hashCode()),
            EngineObserver.NONE);
    return engine;
  }

  void write(UserId user, Owner owner, String key, JsonObject fields) {
    millis += 2;
    Map<String, HybridTimestamp> stamps = new HashMap<>();
    for (String name : fields.members().keySet()) {
      stamps.put(LeafPath.ofField(name).text(), new HybridTimestamp(millis, 0, "phone"));
    }
    Change change =
        new Change(
            new DocumentKey(key),
            Optional.of(fields),
            stamps,
            HybridTimestamp.ZERO,
            Optional.empty(),
            Optional.of(owner.value()));
    SyncRequest request = SyncRequest.push(TASKS, HybridTimestamp.ZERO, List.of(change));
    engine.sync(TODO, user, owner, request);
  }

  void write(String key, String json) {
    write(ALICE, ALICE, key, parse(json));
  }

  static JsonObject parse(String json) {
    try {
      return (JsonObject) JsonText.parse(json.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new AssertionError(json, e);
    }
  }

  static JsonObject parse(Bytes wire) {
    return StoredForm.delivered(wire);
  }

  static Filter where(String field, Operator operator, JsonValue value) {
    return new Filter.Leaf(new Condition(SearchField.parse(field), operator, value));
  }

  static SearchRequest request(
      Optional<Filter> filter,
      Optional<TextQuery> text,
      List<SortKey> sort,
      int limit,
      boolean owners) {
    return new SearchRequest(
        TASKS, filter, text, sort, limit, Optional.empty(), Optional.empty(), owners);
  }

  static SearchRequest all(int limit) {
    return request(Optional.empty(), Optional.empty(), List.of(), limit, false);
  }

  static SearchRequest after(SearchRequest request, String after) {
    return new SearchRequest(
        request.collection(),
        request.filter(),
        request.text(),
        request.sort(),
        request.limit(),
        Optional.of(after),
        request.projection(),
        request.owners());
  }

  List<JsonObject> search(UserId user, Owner owner, SearchRequest request) {
    List<JsonObject> found = new ArrayList<>();
    Optional<String> after = Optional.empty();
    do {
      SearchRequest page = after.isPresent() ? after(request, after.get()) : request;
      SearchPage result = engine.search(TODO, user, owner, page);
      assertThat(result.results()).hasSizeLessThanOrEqualTo(request.limit());
      result.results().forEach(wire -> found.add(parse(wire)));
      after = result.after();
    } while (after.isPresent());
    return found;
  }

  List<String> keys(SearchRequest request) {
    return search(ALICE, ALICE, request).stream().map(SearchWorld::key).toList();
  }

  static String key(JsonObject document) {
    return ((JsonString) document.members().get("_key")).value();
  }

  List<JsonObject> pull(UserId user, Owner owner, boolean owners) {
    List<JsonObject> documents = new ArrayList<>();
    SyncRequest request =
        new SyncRequest(
            TASKS,
            HybridTimestamp.ZERO,
            List.of(),
            java.util.OptionalInt.empty(),
            java.util.OptionalLong.empty(),
            false,
            owners,
            false);
    try {
      engine.sync(TODO, user, owner, request).deliver(wire -> documents.add(parse(wire)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return documents;
  }

  boolean isAlive(UserId user, String key) {
    return engine.indexed(TODO, user, new DocumentKey(key), Optional.of(TASKS)).stream()
        .anyMatch(document -> !document.isDeleted());
  }

  void delete(UserId user, String key) {
    millis += 2;
    HybridTimestamp clock = new HybridTimestamp(millis, 0, "phone");
    Change change = TestServer.delete(key, clock, HybridTimestamp.ZERO);
    engine.sync(TODO, user, user, SyncRequest.push(TASKS, HybridTimestamp.ZERO, List.of(change)));
  }

  /** What a client keeps that has seen everything. */
  HybridTimestamp clock() {
    return TestServer.deliver(
            engine.sync(TODO, ALICE, ALICE, SyncRequest.pull(TASKS, HybridTimestamp.ZERO)))
        .clock();
  }

  List<String> changedSince(HybridTimestamp clock) {
    return TestServer.deliver(engine.sync(TODO, ALICE, ALICE, SyncRequest.pull(TASKS, clock)))
        .order();
  }
}
