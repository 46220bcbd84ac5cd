package dev.landfall.engine.simulation;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.simulation.SimulatedStore.Fate;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The server nodes of a world and the store they share. */
final class Servers {
  static final ApplicationName APPLICATION = new ApplicationName("planner");

  /** One server node. It is replaced when it dies. */
  static final class Node {
    final int number;
    long offset;
    long frozenAt = -1;
    SimulatedStore store;
    SyncEngine engine;
    Supplier<Fate> fates = () -> Fate.GOOD;
    boolean busy;

    Node(int number, SimulatedStore store, SyncEngine engine) {
      this.number = number;
      this.store = store;
      this.engine = engine;
    }
  }

  private final Options options;
  private final LongSupplier time;
  private final SplittableRandom random;
  private final SimulatedStore.Listener listener;
  private final EngineObserver observer;
  private final List<Commit> commits = new ArrayList<>();
  private MemoryBackend backend = new MemoryBackend(1L << 30);
  final List<Node> nodes = new ArrayList<>();

  Servers(
      Options options,
      LongSupplier time,
      SplittableRandom random,
      SimulatedStore.Listener listener,
      EngineObserver observer) {
    this.options = options;
    this.time = time;
    this.random = random;
    this.listener =
        commit -> {
          commits.add(commit);
          listener.appended(commit);
        };
    this.observer = observer;
    for (int i = 0; i < options.nodes(); i++) {
      SimulatedStore store = new SimulatedStore(backend, () -> Fate.GOOD, this.listener);
      nodes.add(new Node(i, store, engine(store, time)));
      restart(nodes.get(i));
    }
  }

  /** The database as it is, without faults. */
  StoreBackend backend() {
    return backend;
  }

  /** The store as it is, without faults. */
  ApplicationStore store() {
    return backend.application(APPLICATION);
  }

  /** Begins a new run of a node, which remembers nothing. */
  void restart(Node node) {
    node.store = new SimulatedStore(backend, () -> node.fates.get(), listener);
    node.engine = engine(node.store, () -> wall(node));
  }

  /** The commits there are. */
  List<Commit> commits() {
    return commits;
  }

  /** Puts an older backup in the place of the database and begins all nodes anew. */
  void restoreBackup(int number) {
    backend = new MemoryBackend(1L << 30);
    commits.subList(number, commits.size()).clear();
    commits.forEach(store()::append);
    nodes.forEach(this::restart);
  }

  long wall(Node node) {
    return node.frozenAt >= 0 ? node.frozenAt : time.getAsLong() + node.offset;
  }

  private SyncEngine engine(SimulatedStore store, LongSupplier wall) {
    return new SyncEngine(
        store,
        List.of(new ApplicationDefinition(APPLICATION, "", collections())),
        new SyncSettings(
            Duration.ofMinutes(5),
            Duration.ofMillis(options.historyMillis()),
            Duration.ofMillis(options.retentionMillis()),
            Limits.DEFAULT),
        () -> Instant.ofEpochMilli(wall.getAsLong()),
        random,
        observer);
  }

  private Map<CollectionName, CollectionDefinition> collections() {
    if (!options.people().strategies()) {
      return Map.of();
    }
    CollectionDefinition definition =
        new CollectionDefinition(DocumentSchema.NONE, Tally.STRATEGIES);
    return Devices.COLLECTIONS.stream()
        .collect(Collectors.toMap(UnaryOperator.identity(), name -> definition));
  }

  /** What a node answers somebody about their own documents. */
  static Response answer(SyncEngine engine, UserId user, SyncRequest request) {
    return answer(() -> engine.sync(APPLICATION, user, user, request));
  }

  /** What a node answers. */
  static Response answer(Supplier<SyncAnswer> sync) {
    try {
      SyncAnswer answer = sync.get();
      List<JsonObject> documents = new ArrayList<>();
      PageEnd end = answer.deliver(document -> documents.add(parse(document.utf8())));
      List<JsonObject> conflicts = new ArrayList<>();
      for (SyncAnswer.KeyedConflict conflict : answer.conflicts()) {
        Map<String, JsonValue> members = new HashMap<>(conflict.conflict().toJson().members());
        String address = Client.address(conflict.key(), conflict.owner());
        members.put("key", new JsonString(address));
        conflicts.add(JsonObject.of(members));
      }
      Map<String, HybridTimestamp> acks = new HashMap<>();
      answer
          .acknowledgements()
          .forEach(ack -> acks.put(Client.address(ack.key(), ack.owner()), ack.revision()));
      Map<String, String> rejections = new HashMap<>();
      answer.rejections().forEach(one -> rejections.put(rejected(one), one.code()));
      return new Response(
          200,
          answer.serverMillis(),
          end.serverClock(),
          documents,
          conflicts,
          acks,
          rejections,
          end.more(),
          answer.resyncCause());
    } catch (SyncException e) {
      long serverTime =
          e.problem() == SyncProblem.CLOCK_DRIFT
              ? e.details()
                  .map(details -> number(((JsonObject) details).get("serverTime")))
                  .orElseThrow()
              : 0;
      return Response.refused(e.problem().status(), serverTime);
    } catch (dev.landfall.api.store.StoreUnavailableException e) {
      return Response.refused(503, 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The document of a refused change; only those of others are refused here. */
  private static String rejected(SyncAnswer.Rejection rejection) {
    String owner = Client.text(((JsonObject) rejection.details()).get("owner"));
    return owner + "/" + rejection.key().value();
  }

  private static long number(@org.jspecify.annotations.Nullable JsonValue value) {
    return ((dev.landfall.api.json.JsonNumber) java.util.Objects.requireNonNull(value))
        .value()
        .longValueExact();
  }

  static JsonObject parse(String text) {
    try {
      return (JsonObject) JsonText.parse(text);
    } catch (JsonFormatException e) {
      throw new AssertionError(e);
    }
  }
}
