package dev.landfall.engine;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreSettings;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** An engine over the memory store with a clock that tests set, and short ways to talk to it. */
final class TestServer {
  static final long START = 1_764_000_000_000L;
  static final UserId ALICE = new UserId("alice");
  static final UserId BOB = new UserId("bob");
  static final ApplicationName TODO = new ApplicationName("todo");
  static final CollectionName TASKS = new CollectionName("tasks");

  final StoreBackend store;
  private final SyncSettings settings;
  private final CollectionDefinition collection;
  private SyncEngine engine;
  long millis = START;

  TestServer() {
    this(SyncSettings.DEFAULT, CollectionDefinition.FREE_FORM);
  }

  TestServer(SyncSettings settings, CollectionDefinition collection) {
    this(settings, collection, new MemoryProvider().open(new StoreSettings(Map.of())));
  }

  TestServer(SyncSettings settings, CollectionDefinition collection, StoreBackend store) {
    this.store = store;
    this.settings = settings;
    this.collection = collection;
    this.engine = start(1);
  }

  /** Another run of the server on the same store. */
  void restart(long seed) {
    engine = start(seed);
  }

  SyncEngine start(long seed) {
    return new SyncEngine(
        store,
        List.of(new ApplicationDefinition(TODO, "", Map.of(TASKS, collection))),
        settings,
        () -> Instant.ofEpochMilli(millis),
        new Random(seed),
        EngineObserver.NONE);
  }

  SyncEngine engine() {
    return engine;
  }

  /** A clock of a device, some milliseconds after the start. */
  static HybridTimestamp at(long offset, String node) {
    return new HybridTimestamp(START + offset, 0, node);
  }

  static Change edit(
      String key, String document, Map<String, HybridTimestamp> stamps, HybridTimestamp base) {
    return new Change(
        new DocumentKey(key),
        Optional.of(StoredForm.withoutProtocol(Vectors.json(document))),
        stamps,
        base,
        Optional.empty());
  }

  static Change delete(String key, HybridTimestamp clock, HybridTimestamp base) {
    return new Change(
        new DocumentKey(key), Optional.empty(), Map.of("", clock), base, Optional.empty());
  }

  Answer push(HybridTimestamp clientClock, Change... changes) {
    return sync(ALICE, SyncRequest.push(TASKS, clientClock, List.of(changes)));
  }

  Answer pull(HybridTimestamp clientClock) {
    return sync(ALICE, SyncRequest.pull(TASKS, clientClock));
  }

  Answer page(HybridTimestamp clientClock, int limit) {
    return sync(
        ALICE,
        new SyncRequest(
            TASKS,
            clientClock,
            List.of(),
            OptionalInt.of(limit),
            OptionalLong.empty(),
            false,
            false,
            false));
  }

  Answer pushAcknowledged(HybridTimestamp clientClock, Change... changes) {
    return sync(
        ALICE,
        new SyncRequest(
            TASKS,
            clientClock,
            List.of(changes),
            OptionalInt.empty(),
            OptionalLong.empty(),
            true,
            false,
            false));
  }

  Answer sync(UserId caller, SyncRequest request) {
    return deliver(engine.sync(TODO, caller, caller, request));
  }

  static Answer deliver(SyncAnswer answer) {
    Map<String, JsonObject> documents = new LinkedHashMap<>();
    List<String> order = new ArrayList<>();
    try {
      PageEnd end =
          answer.deliver(
              wire -> {
                try {
                  JsonObject document = (JsonObject) JsonText.parse(wire.toArray());
                  String key = ((JsonString) document.members().get("_key")).value();
                  documents.put(key, document);
                  order.add(key);
                } catch (JsonFormatException e) {
                  throw new IllegalStateException(e);
                }
              });
      return new Answer(
          documents,
          order,
          answer.conflicts().stream().map(SyncAnswer.KeyedConflict::conflict).toList(),
          answer.acknowledgements(),
          answer.rejections(),
          answer.warnings(),
          answer.resync(),
          end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DocumentId id(String key) {
    return new DocumentId(ALICE, TASKS, new DocumentKey(key));
  }

  record Answer(
      Map<String, JsonObject> documents,
      List<String> order,
      List<Conflict> conflicts,
      List<SyncAnswer.Acknowledgement> acknowledgements,
      List<SyncAnswer.Rejection> rejections,
      List<SyncAnswer.Warning> warnings,
      boolean resync,
      PageEnd end) {
    HybridTimestamp clock() {
      return end.serverClock();
    }

    JsonObject fields(String key) {
      return StoredForm.withoutProtocol(documents.get(key));
    }

    HybridTimestamp revision(String key) {
      return Vectors.clock(documents.get(key), "_rev");
    }

    HybridTimestamp fieldClock(String key, String path) {
      return Vectors.clock(Vectors.object(documents.get(key), "_fieldRevs"), path);
    }

    boolean isTombstone(String key) {
      return documents.get(key).get("_deleted") != null;
    }
  }
}
