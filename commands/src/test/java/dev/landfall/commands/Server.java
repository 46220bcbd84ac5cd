package dev.landfall.commands;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Resync;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.PageEnd;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A run of a server over a store, and its clients. */
final class Server {
  static final ApplicationName TODO = new ApplicationName("todo");
  static final ApplicationName NOTES = new ApplicationName("notes");
  static final CollectionName TASKS = new CollectionName("tasks");
  static final UserId ALICE = new UserId("alice");
  static final UserId BOB = new UserId("bob");

  private static final long START = 1_764_000_000_000L;
  private static final long LONG = SyncSettings.DEFAULT.tombstoneRetention().toMillis() + 100_000;

  private final SyncEngine engine;
  private long millis;

  /** The next run; each has an epoch of its own. */
  Server(StoreBackend store, int run) {
    this.millis = START + 3L * run * LONG;
    this.engine =
        new SyncEngine(
            store,
            List.of(
                new ApplicationDefinition(TODO, "", Map.of()),
                new ApplicationDefinition(NOTES, "", Map.of())),
            SyncSettings.DEFAULT,
            () -> Instant.ofEpochMilli(millis),
            new Random(run),
            EngineObserver.NONE);
  }

  /**
   * What a device is told.
   *
   * @param cursor for its next request
   */
  record Told(List<String> documents, HybridTimestamp cursor, Optional<Resync> resync) {}

  /** Documents with history, shared ones, tombstones, some of them forgotten; several epochs. */
  static void live(StoreBackend store) {
    for (int run = 0; run < 3; run++) {
      Server server = new Server(store, run);
      for (ApplicationName application : List.of(TODO, NOTES)) {
        for (int i = 0; i < 8; i++) {
          server.edit(application, ALICE, "a" + i, "{'title': 'run " + run + "', 'n': " + i + "}");
          server.edit(application, BOB, "b" + run + i, "{'title': 'bob', 'n': " + i + "}");
        }
        server.share(application, "a1", Visibility.SHARED);
        server.share(application, "a2", Visibility.PUBLIC);
        server.share(application, "a3", Visibility.SHARED);
        server.share(application, "a3", Visibility.PRIVATE);
        server.delete(application, "a7");
      }
      server.millis += LONG;
      while (server.engine.purge() > 0) {}
      server.edit(TODO, ALICE, "last" + run, "{'title': 'last'}");
      server.delete(TODO, "a6");
    }
  }

  Told edit(ApplicationName application, UserId user, String key, String fields) {
    JsonObject document = json(fields);
    Map<String, HybridTimestamp> stamps = new HashMap<>();
    millis += 10;
    document
        .members()
        .keySet()
        .forEach(name -> stamps.put(name, new HybridTimestamp(millis, 0, "phone")));
    return told(
        application,
        user,
        SyncRequest.push(
            TASKS,
            HybridTimestamp.ZERO,
            List.of(
                new Change(
                    new DocumentKey(key),
                    Optional.of(document),
                    stamps,
                    HybridTimestamp.ZERO,
                    Optional.empty()))));
  }

  private void delete(ApplicationName application, String key) {
    millis += 10;
    told(
        application,
        ALICE,
        SyncRequest.push(
            TASKS,
            HybridTimestamp.ZERO,
            List.of(
                new Change(
                    new DocumentKey(key),
                    Optional.empty(),
                    Map.of("", new HybridTimestamp(millis, 0, "phone")),
                    HybridTimestamp.ZERO,
                    Optional.empty()))));
  }

  private void share(ApplicationName application, String key, Visibility visibility) {
    UnaryOperator<Sharing> change =
        sharing -> {
          Sharing changed = sharing.withVisibility(visibility, Optional.empty());
          return visibility == Visibility.SHARED
              ? changed.with(new Grant(BOB, application, true))
              : changed;
        };
    engine.share(
        application, ALICE, ALICE, new DocumentId(ALICE, TASKS, new DocumentKey(key)), change);
  }

  Told pull(ApplicationName application, UserId user, HybridTimestamp since) {
    return told(application, user, SyncRequest.pull(TASKS, since));
  }

  /** All versions of a document of Alice's. */
  String history(ApplicationName application, String key) {
    DocumentId id = new DocumentId(ALICE, TASKS, new DocumentKey(key));
    return engine.history(application, ALICE, ALICE, id, Optional.empty(), 200).toString();
  }

  String epoch() {
    return engine.epoch();
  }

  private Told told(ApplicationName application, UserId user, SyncRequest request) {
    SyncAnswer answer = engine.sync(application, user, user, request);
    List<String> documents = new ArrayList<>();
    try {
      PageEnd end = answer.deliver(wire -> documents.add(wire.utf8()));
      return new Told(documents, end.serverClock(), answer.resyncCause());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
