package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.EngineServer.Strange;
import dev.landfall.client.store.LocalStore;
import dev.landfall.client.store.LocalStoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong clocks, bad networks and full devices: it goes on, and nothing is lost. */
class HardTimesTest extends ClientTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void aDeviceWhoseClockIsSlowKeepsTheServersTimeFromTheFirstAnswerOn() throws Exception {
    server.close();
    server = new EngineServer(() -> NOON);
    AtomicReference<Instant> slow = new AtomicReference<>(NOON.minusSeconds(10));
    SyncedAtom<JsonObject> phone = tasks(connect(as("alice").clock(slow::get)));
    result(phone.ready());

    slow.set(slow.get().plusSeconds(4)); // the clock of the server stands, as it happens
    result(put(phone, "milk", task("Milk")).whenSynced());

    assertThat(lastClock().millis()).isEqualTo(NOON.plusSeconds(4).toEpochMilli());
  }

  @Test
  void aDeviceWhoseClockIsRightDoesNotChangeItForASlowLink() throws Exception {
    server.close();
    AtomicReference<Instant> right = new AtomicReference<>(NOON);
    // There and back takes a minute, and the server looks at its clock half way.
    server = new EngineServer(() -> right.get().minusSeconds(30));
    server.before = () -> right.set(right.get().plusSeconds(60));
    SyncedAtom<JsonObject> phone =
        tasks(connect(as("alice").clock(right::get).interval(Duration.ofDays(1))));
    result(phone.ready());

    Instant now = right.get();
    result(put(phone, "milk", task("Milk")).whenSynced());

    assertThat(lastClock().millis()).isEqualTo(now.toEpochMilli());
  }

  private HybridTimestamp lastClock() {
    for (int i = server.bodies.size() - 1; i >= 0; i--) {
      List<JsonValue> changes = ((JsonArray) server.bodies.get(i).get("changes")).values();
      if (!changes.isEmpty()) {
        JsonObject clocks = (JsonObject) ((JsonObject) changes.get(0)).get("fieldRevs");
        return HybridTimestamp.parse(
            ((JsonString) clocks.members().values().iterator().next()).value());
      }
    }
    throw new AssertionError("nothing was sent");
  }

  @Test
  void plainHttpIsNotAskedForAnUpgrade() throws Exception {
    result(tasks(connect(as("alice"))).ready());

    assertThat(server.headers.get(0)).doesNotContainKeys("Upgrade", "Http2-settings");
  }

  @Test
  void pagesAndBatchesShrinkAfterAFailureAndGrowAgain() throws Exception {
    Connection connection = connect(as("alice").liveHints(false));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(phone.ready());
    Map<String, JsonObject> many = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      many.put("note-" + i, task("x".repeat(100_000)));
    }

    server.losesAnswers.set(5);
    phone.reset(many);
    for (int i = 0; i < 5; i++) {
      int left = 5 - i;
      eventually(() -> server.losesAnswers.get() < left);
      connection.syncNow();
    }

    eventually(() -> phone.pending() == 0);
    List<Long> pages =
        server.bodies.stream()
            .map(body -> ((JsonNumber) body.get("maxBytes")).value().longValueExact())
            .toList();
    long smallest = pages.stream().mapToLong(Long::longValue).min().orElseThrow();
    assertThat(smallest).isLessThan(pages.get(0));
    assertThat(pages.get(pages.size() - 1)).isGreaterThan(smallest);
    assertThat(server.bodies).allMatch(body -> JsonText.print(body).length() < 4 << 20);
    assertThat(server.bodies)
        .anyMatch(
            body -> {
              int size = ((JsonArray) body.get("changes")).values().size();
              return size > 0 && size < 5;
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 406, 500})
  void aDocumentThatAFirewallRefusesDoesNotHoldUpTheOthers(int status) throws Exception {
    server.proxy =
        body ->
            body.contains("DROP TABLE")
                ? Optional.of(new Strange(status, "<html>Request blocked</html>"))
                : Optional.empty();
    Connection connection = connect(as("alice"));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(phone.ready());
    Map<String, JsonObject> many = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      many.put("task-" + i, task("Task " + i));
    }
    many.put("lesson", task("'; DROP TABLE pupils"));

    phone.reset(many);

    eventually(() -> phone.pending() == 1);
    eventually(() -> phone.problem().map(Problem::code).equals(Optional.of("refused_on_the_way")));
    assertThat(phone.deref()).hasSize(21);
    assertThat(phone.inbox()).isEmpty();
    result(put(phone, "later", task("Later")).whenSynced());

    server.proxy = body -> Optional.empty();
    connection.syncNow();
    eventually(() -> phone.pending() == 0 && phone.status() == Status.IDLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 403, 502})
  void whereNothingGetsThroughNoDocumentIsBlamed(int status) throws Exception {
    Connection connection = connect(as("alice"));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(phone.ready());
    server.proxy = body -> Optional.of(new Strange(status, "<html>Welcome to our café</html>"));

    Receipt receipt = put(phone, "milk", task("Milk"));
    eventually(() -> phone.status() == Status.OFFLINE);
    assertThat(phone.problem().map(Problem::code)).contains("unreachable");
    assertThat(phone.deref()).containsOnlyKeys("milk");

    server.proxy = body -> Optional.empty();
    connection.syncNow();
    result(receipt.whenSynced());
  }

  @Test
  void aProvidersLimitWithoutAWordSendsTheDocumentToTheInbox() throws Exception {
    server.proxy =
        body -> body.length() > 300_000 ? Optional.of(new Strange(413, "")) : Optional.empty();
    SyncedAtom<JsonObject> phone = tasks(connect(as("alice")));
    result(phone.ready());

    phone.reset(Map.of("huge", task("x".repeat(300_000)), "milk", task("Milk")));

    eventually(() -> phone.pending() == 0);
    assertThat(phone.deref()).containsOnlyKeys("milk");
    assertThat(phone.inbox()).extracting(RefusedChange::code).containsExactly("too_large");
  }

  @Test
  void aRefusedTokenIsTriedAgainEvenIfThereIsNoOther() throws Exception {
    SyncedAtom<JsonObject> phone = tasks(connect(as("alice")));
    result(phone.ready());
    server.expired.add("alice"); // the keys of the identity provider are not there, say
    Receipt receipt = put(phone, "milk", task("Milk"));
    eventually(() -> phone.status() == Status.UNAUTHORIZED);

    server.expired.clear();

    result(receipt.whenSynced());
  }

  @Test
  void aFullDeviceSendsAndReceivesAndKeepsWhatFits() throws Exception {
    SmallStore small = new SmallStore(8);
    Connection connection = connect(as("alice").store(small));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(put(phone, "milk", task("Milk")).whenSynced());
    result(put(phone, "bread", task("Bread")).whenSynced());
    SyncedAtom<JsonObject> laptop = tasks(connect(as("alice")));
    for (int i = 0; i < 20; i++) {
      put(laptop, "note-" + i, task("A long note " + "x".repeat(200)));
    }

    eventually(() -> phone.deref().size() == 22);
    eventually(() -> phone.problem().map(Problem::code).equals(Optional.of("device_full")));
    assertThatThrownBy(() -> put(phone, "more", task("y".repeat(20_000))))
        .isInstanceOf(LocalStoreException.class);
    result(set(phone, "milk", "title", "Oat milk").whenSynced());
    eventually(() -> laptop.deref().get("milk").equals(task("Oat milk")));
    result(remove(phone, "bread").whenSynced());
    eventually(() -> !laptop.deref().containsKey("bread"));
    connection.close();

    small.capacity = Integer.MAX_VALUE; // the process ended; what was not kept is asked for again
    SyncedAtom<JsonObject> again = tasks(connect(as("alice").store(small)));
    eventually(() -> again.deref().equals(laptop.deref()) && again.status() == Status.IDLE);
    assertThat(again.deref()).hasSize(21).containsEntry("milk", task("Oat milk"));
  }

  @Test
  void withoutAFileThatCanBeOpenedTheHeapServesAndSaysSo() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.db"), "no database ".repeat(200));
    Connection connection = connect(as("alice").store(LocalStore.fileOrMemory(broken)));

    result(put(tasks(connection), "milk", task("Milk")).whenSynced());

    assertThat(connection.storage().map(Problem::code)).contains("not_kept");
    assertThat(broken).content().startsWith("no database");
    Path good = folder.resolve("good.db");
    try (LocalStore file = LocalStore.fileOrMemory(good)) {
      assertThat(file.problem()).isEmpty();
      assertThatThrownBy(() -> LocalStore.fileOrMemory(good))
          .isInstanceOf(LocalStoreException.class)
          .hasMessageContaining("in use");
    }
  }
}
