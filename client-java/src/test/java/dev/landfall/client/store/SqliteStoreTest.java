package dev.landfall.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.EngineServer;
import dev.landfall.client.http.Wire;
import dev.landfall.client.replica.Batch;
import dev.landfall.client.replica.Copy;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.LeafClocks;
import dev.landfall.client.replica.LocalChange;
import dev.landfall.client.replica.PendingChanges;
import dev.landfall.client.replica.Replica;
import dev.landfall.client.replica.Saved;
import dev.landfall.client.replica.Step;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file on the device, and what is left of it when the device dies. */
class SqliteStoreTest {
  private static final CollectionName TASKS = new CollectionName("tasks");
  private static final long NOW = 1_764_000_000_000L;

  @TempDir Path folder;

  @Test
  void aFileInUseIsNotOpenedAgain() {
    Path file = folder.resolve("a.db");
    try (LocalStore store = LocalStore.file(file)) {
      assertThatThrownBy(() -> LocalStore.file(file))
          .isInstanceOf(LocalStoreException.class)
          .hasMessageContaining("in use");
      assertThat(store.collections()).isEmpty();
    }
    LocalStore.file(file).close();
  }

  @Test
  void aFileThatIsNoneOfOursIsLeftAlone() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "not a database at all, ".repeat(100));

    assertThatThrownBy(() -> LocalStore.file(text)).isInstanceOf(LocalStoreException.class);

    assertThat(text).content().startsWith("not a database");
  }

  @Test
  void aFileKeepsWhoseItIs() {
    Path file = folder.resolve("a.db");
    Binding binding =
        new Binding(
            "https://one",
            new ApplicationName("planner"),
            Optional.of(new OrganisationId("acme")),
            "me",
            Optional.of(new UserId("alice")),
            Optional.of("instance-1"),
            true,
            Optional.of("epoch-1"));
    try (LocalStore store = LocalStore.file(file)) {
      assertThat(store.binding()).isEmpty();
      store.bind(binding);
    }
    try (LocalStore store = LocalStore.file(file)) {
      assertThat(store.binding()).contains(binding);
    }
  }

  @Test
  void aStepIsSavedAsAWholeOrNotAtAll() {
    Path file = folder.resolve("a.db");
    try (LocalStore store = LocalStore.file(file)) {
      Device device = new Device(store);
      device.edit("milk", "Milk");
      Step edit = device.editOf("bread", "Bread");
      Map<DocumentAddress, Optional<Copy>> copies = new LinkedHashMap<>(edit.copies());
      Map<LeafPath, HybridTimestamp> broken = new HashMap<>();
      broken.put(LeafPath.ofField("title"), null);
      copies.put(
          DocumentAddress.own("odd"),
          Optional.of(
              new Copy(
                  JsonObject.builder().put("title", "x").build(),
                  HybridTimestamp.ZERO,
                  PendingChanges.NONE,
                  new LeafClocks(HybridTimestamp.ZERO, broken),
                  0)));

      assertThatThrownBy(
              () -> store.save(TASKS, new Step(edit.state(), copies, Map.of(), Set.of(), true)))
          .isInstanceOf(NullPointerException.class);
      device.edit("salt", "Salt"); // it goes on after that
    }
    try (LocalStore store = LocalStore.file(file)) {
      assertThat(new Device(store).documents()).containsOnlyKeys("milk", "salt");
    }
  }

  /** SQLite says it of the connection alone, which nobody else can ask. */
  @Test
  void whatIsSavedIsOnTheDiskWhenTheCallReturns() throws Exception {
    try (LocalStore store = LocalStore.file(folder.resolve("a.db"))) {
      Field field = store.getClass().getDeclaredField("connection");
      field.setAccessible(true);
      Connection connection = (Connection) field.get(store);

      assertThat(number(connection, "PRAGMA synchronous")).isGreaterThanOrEqualTo(2);
      assertThat(number(connection, "PRAGMA fullfsync")).isEqualTo(1);
      assertThat(number(connection, "PRAGMA checkpoint_fullfsync")).isEqualTo(1);
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getInt(1);
    }
  }

  @Test
  void whatIsClearedIsNotInTheFileAnyMore() throws IOException {
    Path file = folder.resolve("a.db");
    try (LocalStore store = LocalStore.file(file)) {
      Device device = new Device(store);
      device.edit("milk", "a secret word");
      store.clear();
      assertThat(store.collections()).isEmpty();
    }
    for (Path left : List.of(file, folder.resolve("a.db-wal"))) {
      if (Files.exists(left)) {
        assertThat(
                new String(Files.readAllBytes(left), java.nio.charset.StandardCharsets.ISO_8859_1))
            .doesNotContain("a secret word");
      }
    }
  }

  /**
   * The device loses power at every possible moment: the file is as it was when it was opened, and
   * the write-ahead log ends after any number of bytes. What was saved by then is there and is
   * sent; nothing has an effect twice.
   */
  @Test
  void nothingIsLostAndNothingIsDoneTwiceWhereverTheDeviceDies() throws Exception {
    for (int seed = 0; seed < 40; seed++) {
      dieOnce(seed);
    }
  }

  private void dieOnce(int seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    try (EngineServer server = EngineServer.start()) {
      Path file = folder.resolve("device-" + seed + ".db");
      Path log = folder.resolve("device-" + seed + ".db-wal");
      byte[] beginning;
      byte[] written;
      List<Map<String, JsonObject>> saved = new ArrayList<>();
      List<Long> ends = new ArrayList<>();
      int steps = 1 + random.nextInt(25);
      try (LocalStore store = LocalStore.file(file)) {
        Device device = new Device(store);
        beginning = Files.readAllBytes(file);
        saved.add(device.documents());
        ends.add(Files.size(log));
        for (int i = 0; i < steps; i++) {
          device.step(server, random, i);
          saved.add(device.documents());
          ends.add(Files.size(log));
        }
        written = Files.readAllBytes(log);
      }
      int last = steps - random.nextInt(Math.min(steps, 3));
      long from = ends.get(last);
      long until = last == steps ? written.length : ends.get(last + 1);
      long cut = from + (until > from ? random.nextLong(until - from) : 0);
      Path image = folder.resolve("image-" + seed + ".db");
      Files.write(image, beginning);
      Files.write(folder.resolve("image-" + seed + ".db-wal"), Arrays.copyOf(written, (int) cut));

      try (LocalStore store = LocalStore.file(image)) {
        Device device = new Device(store);
        // Where a step saves nothing visible, or saved all of it before the cut, the next is as
        // good.
        assertThat(saved.subList(last, Math.min(saved.size(), last + 2)))
            .as("seed " + seed)
            .contains(device.documents());
        Map<String, JsonObject> edited = device.documents();
        device.syncAll(server);
        assertThat(device.replica.pending()).isEmpty();
        String first = server.answer(device.pull());
        device.syncAll(server);
        assertThat(server.answer(device.pull())).as("seed " + seed).isEqualTo(first);
        assertThat(device.documents().keySet()).containsAll(edited.keySet());
        Device other = new Device(LocalStore.memory());
        other.syncAll(server);
        assertThat(other.documents()).as("seed " + seed).isEqualTo(device.documents());
      }
    }
  }

  /** A replica that saves to a store, without threads. */
  private static final class Device {
    private static int openings;

    private final LocalStore store;
    private Replica replica;

    Device(LocalStore store) {
      this.store = store;
      this.replica = store.load(TASKS, "phone" + ++openings);
    }

    private void take(Step step) {
      if (step.saves()) {
        store.save(TASKS, step);
      }
      replica.install(step);
    }

    Map<String, JsonObject> documents() {
      Map<String, JsonObject> documents = new LinkedHashMap<>();
      replica
          .copies()
          .forEach(
              (address, copy) ->
                  copy.document().ifPresent(one -> documents.put(address.name(), one)));
      return documents;
    }

    void edit(String key, String title) {
      take(editOf(key, title));
    }

    Step editOf(String key, String title) {
      DocumentAddress address = DocumentAddress.own(key);
      Map<dev.landfall.engine.document.LeafPath, JsonValue> before =
          replica.copy(address).flatMap(Copy::document).map(Leaves::of).orElse(Map.of());
      JsonObject after = JsonObject.builder().put("title", title).put(key, 1).build();
      return replica.edit(Map.of(address, LocalChange.between(before, Leaves.of(after))), NOW);
    }

    void step(EngineServer server, SplittableRandom random, int number) throws Exception {
      if (random.nextInt(3) > 0) {
        edit("task" + random.nextInt(4), "title " + number);
        return;
      }
      take(replica.send(Batch.of(10)));
      JsonObject request = Wire.of(TASKS, replica.outgoing(Batch.of(10)), "alice", 1 << 20);
      int fate = random.nextInt(4);
      if (fate == 0) {
        take(replica.failed()); // the request was lost
        return;
      }
      JsonValue answer = json(server.answer(request));
      if (fate == 1) {
        take(replica.failed()); // the answer was lost
      } else {
        take(replica.receive(Wire.reply(answer, "alice"), NOW, NOW));
      }
    }

    void syncAll(EngineServer server) throws Exception {
      do {
        take(replica.send(Batch.of(10)));
        String answer =
            server.answer(Wire.of(TASKS, replica.outgoing(Batch.of(10)), "alice", 1 << 20));
        take(replica.receive(Wire.reply(json(answer), "alice"), NOW, NOW));
      } while (!replica.pending().isEmpty() || replica.state().more());
    }

    JsonObject pull() {
      return Wire.of(
          TASKS, dev.landfall.client.replica.Outgoing.pull(HybridTimestamp.ZERO), "alice", 1 << 20);
    }
  }

  private static JsonValue json(String text) {
    try {
      return JsonText.parse(text);
    } catch (JsonFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsSavedIsReadAgain() {
    Path file = folder.resolve("a.db");
    Map<String, JsonObject> documents;
    Optional<Copy> copy;
    try (LocalStore store = LocalStore.file(file)) {
      Device device = new Device(store);
      device.edit("milk", "Milk \u0000 and \ud83e\udd5b");
      device.take(device.replica.send(Batch.of(10)));
      device.edit("milk", "Oat milk");
      documents = device.documents();
      copy = device.replica.copy(DocumentAddress.own("milk"));
    }
    try (LocalStore store = LocalStore.file(file)) {
      Device device = new Device(store);
      assertThat(device.documents()).isEqualTo(documents);
      Copy again = device.replica.copy(DocumentAddress.own("milk")).orElseThrow();
      assertThat(again.pending().list()).hasSize(2);
      assertThat(JsonText.print(Saved.of(again)))
          .isEqualTo(JsonText.print(Saved.of(copy.orElseThrow())));
      assertThat(device.replica.outgoing(Batch.of(10)).changes()).hasSize(1);
    }
  }
}
