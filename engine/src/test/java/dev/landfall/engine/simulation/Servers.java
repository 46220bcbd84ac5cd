package dev.landfall.engine.simulation;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.simulation.SimulatedStore.Fate;
import dev.landfall.engine.sync.ApplicationDefinition;
import dev.landfall.engine.sync.EngineObserver;
import dev.landfall.engine.sync.Limits;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncEngine;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.sync.SyncSettings;
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

/** The server nodes of a world and the store they share. */
final class Servers {
  static final ApplicationName APPLICATION = new ApplicationName("planner");

  /** One server node. It is replaced when it dies. */
  static final class Node {
    final int number;
    long offset;
    long frozenAt = -1;
    SyncEngine engine;
    Supplier<Fate> fates = () -> Fate.GOOD;
    boolean busy;

    Node(int number, SyncEngine engine) {
      this.number = number;
      this.engine = engine;
    }
  }

  private final Options options;
  private final LongSupplier time;
  private final SplittableRandom random;
  private final SimulatedStore.Listener listener;
  private final EngineObserver observer;
  private final MemoryBackend backend = new MemoryBackend(1L << 30);
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
    this.listener = listener;
    this.observer = observer;
    for (int i = 0; i < options.nodes(); i++) {
      nodes.add(new Node(i, placeholder()));
      restart(nodes.get(i));
    }
  }

  private SyncEngine placeholder() {
    return engine(new SimulatedStore(backend, () -> Fate.GOOD, listener), time);
  }

  /** The store as it is, without faults. */
  ApplicationStore store() {
    return backend.application(APPLICATION);
  }

  /** Begins a new run of a node, which remembers nothing. */
  void restart(Node node) {
    node.engine =
        engine(new SimulatedStore(backend, () -> node.fates.get(), listener), () -> wall(node));
  }

  long wall(Node node) {
    return node.frozenAt >= 0 ? node.frozenAt : time.getAsLong() + node.offset;
  }

  private SyncEngine engine(SimulatedStore store, LongSupplier wall) {
    return new SyncEngine(
        store,
        List.of(new ApplicationDefinition(APPLICATION, "", Map.of())),
        new SyncSettings(
            Duration.ofMinutes(5),
            Duration.ofMillis(options.historyMillis()),
            Duration.ofMillis(options.retentionMillis()),
            Limits.DEFAULT),
        () -> Instant.ofEpochMilli(wall.getAsLong()),
        random,
        observer);
  }

  /** What a node answers. */
  static Response answer(SyncEngine engine, UserId user, SyncRequest request) {
    try {
      SyncAnswer answer = engine.sync(APPLICATION, user, user, request);
      List<JsonObject> documents = new ArrayList<>();
      PageEnd end = answer.deliver(document -> documents.add(parse(document.utf8())));
      List<JsonObject> conflicts = new ArrayList<>();
      for (SyncAnswer.KeyedConflict conflict : answer.conflicts()) {
        Map<String, JsonValue> members = new HashMap<>(conflict.conflict().toJson().members());
        members.put("key", new dev.landfall.api.json.JsonString(conflict.key().value()));
        conflicts.add(JsonObject.of(members));
      }
      Map<String, HybridTimestamp> acks = new HashMap<>();
      answer.acknowledgements().forEach(ack -> acks.put(ack.key().value(), ack.revision()));
      return new Response(
          200,
          answer.serverMillis(),
          end.serverClock(),
          documents,
          conflicts,
          acks,
          end.more(),
          answer.resync());
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
