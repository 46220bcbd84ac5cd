package dev.landfall.client;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.store.LocalStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server, and devices that keep what they have on the heap or in a file. */
abstract class ClientTest {
  /** Where a device keeps its copy, also while no connection is open. */
  enum Place {
    HEAP,
    FILE
  }

  @TempDir Path folder;
  EngineServer server;
  private final List<Connection> open = new ArrayList<>();
  private final Map<String, LocalStore> heaps = new LinkedHashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = EngineServer.start();
  }

  @AfterEach
  void stop() {
    open.forEach(Connection::close);
    server.close();
  }

  /** The store of a device; its connection has to be closed before it is opened again. */
  LocalStore store(Place place, String device) {
    return place == Place.HEAP
        ? heaps.computeIfAbsent(device, unused -> LocalStore.memory())
        : LocalStore.file(folder.resolve(device + ".db"));
  }

  Connection.Builder as(String token) {
    return Connection.builder(server.address(), "planner")
        .token(token)
        .interval(Duration.ofMillis(100));
  }

  Connection connect(Connection.Builder builder) {
    Connection connection = builder.connect();
    open.add(connection);
    return connection;
  }

  static SyncedAtom<JsonObject> tasks(Connection connection) {
    return connection.atom("tasks", Codec.JSON);
  }

  static JsonObject task(String title) {
    return JsonObject.builder().put("title", title).put("done", false).build();
  }

  static Receipt put(SyncedAtom<JsonObject> atom, String name, JsonObject document) {
    return atom.update(name, before -> Optional.of(document));
  }

  static Receipt set(SyncedAtom<JsonObject> atom, String name, String field, String value) {
    return atom.update(
        name,
        before -> {
          Map<String, JsonValue> fields =
              new LinkedHashMap<>(before.orElse(JsonObject.EMPTY).members());
          fields.put(field, new JsonString(value));
          return Optional.of(JsonObject.of(fields));
        });
  }

  static Receipt remove(SyncedAtom<JsonObject> atom, String name) {
    return atom.update(name, before -> Optional.empty());
  }
}
