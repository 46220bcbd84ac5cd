package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.client.store.LocalStore;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica belongs to a user of a server, and asks before anything of it goes out. */
class BoundReplicaTest extends ClientTest {
  private static boolean isWrong(SyncedAtom<?> atom) {
    return atom.problem().map(Problem::code).equals(Optional.of("wrong_replica"));
  }

  @ParameterizedTest
  @EnumSource
  void anotherUserSeesAndSendsNothingOfIt(Place place) throws Exception {
    Connection alices = connect(as("alice").store(store(place, "shared")));
    result(put(tasks(alices), "milk", task("Milk")).whenSynced());
    server.isDown.set(Integer.MAX_VALUE);
    put(tasks(alices), "secret", task("A present for Bob"));
    alices.close();
    server.isDown.set(0);
    int before = server.changes.get();

    Connection bobs = connect(as("bob").store(store(place, "shared")));
    SyncedAtom<JsonObject> tasks = tasks(bobs);
    eventually(() -> isWrong(tasks));

    assertThat(tasks.status()).isEqualTo(Status.ERROR);
    assertThat(tasks.deref()).isEmpty();
    assertThat(tasks.pending()).isZero();
    assertThat(tasks.inbox()).isEmpty();
    assertThatThrownBy(() -> put(tasks, "mine", task("Mine")))
        .isInstanceOf(WrongReplicaException.class);
    assertThat(server.changes).hasValue(before);
    bobs.close();

    SyncedAtom<JsonObject> again = tasks(connect(as("alice").store(store(place, "shared"))));
    assertThat(again.deref()).containsOnlyKeys("milk", "secret");
    eventually(() -> again.pending() == 0);
    assertThat(tasks(connect(as("bob"))).deref()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void anOpenConnectionThatMeetsAnotherUserHidesEverythingUntilTheFirstIsBack(Place place)
      throws Exception {
    Connection connection = connect(as("alice").store(store(place, "tablet")));
    SyncedAtom<JsonObject> tasks = tasks(connection);
    List<Map<String, JsonObject>> seen = new CopyOnWriteArrayList<>();
    tasks.addWatch("screen", (key, atom, old, now) -> seen.add(now));
    result(put(tasks, "milk", task("Milk")).whenSynced());

    connection.signIn("bob");
    eventually(() -> isWrong(tasks));

    assertThat(tasks.deref()).isEmpty();
    assertThat(seen.get(seen.size() - 1)).isEmpty();
    SyncedAtom<JsonObject> later = connection.atom("notes", Codec.JSON);
    assertThatThrownBy(() -> put(later, "a", task("A"))).isInstanceOf(WrongReplicaException.class);

    connection.signIn("alice-2");
    eventually(() -> tasks.deref().containsKey("milk"));
    result(put(tasks, "bread", task("Bread")).whenSynced());
    result(put(later, "a", task("A")).whenSynced());
    SyncedAtom<JsonObject> bobs = tasks(connect(as("bob")));
    result(bobs.ready());
    assertThat(bobs.deref()).isEmpty();
  }

  @Test
  void nothingIsSentBeforeTheServerHasSaidWhoAsks() throws Exception {
    server.expired.add("alice");
    Connection connection = connect(as("alice"));
    SyncedAtom<JsonObject> tasks = tasks(connection);
    put(tasks, "milk", task("Milk"));
    eventually(() -> tasks.status() == Status.UNAUTHORIZED);
    assertThat(server.bodies).isEmpty();

    connection.signIn("alice-2");
    eventually(() -> tasks.pending() == 0);

    assertThat(server.asked).containsExactly("alice-2");
  }

  @Test
  void eachNewTokenIsAskedWhoseItIs() throws Exception {
    SyncedAtom<JsonObject> tasks = tasks(connect(as("alice")));
    result(tasks.ready());

    server.fresherToken = Optional.of("bob-of-a-proxy");
    eventually(() -> isWrong(tasks));

    assertThat(tasks.deref()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theSameServerAtAnotherAddressIsTheSame(Place place) throws Exception {
    Connection connection = connect(as("alice").store(store(place, "phone")));
    result(put(tasks(connection), "milk", task("Milk")).whenSynced());
    connection.close();
    try (EngineServer moved = EngineServer.start()) { // another port, the same instance
      SyncedAtom<JsonObject> tasks =
          tasks(
              connect(
                  Connection.builder(moved.address(), "planner")
                      .token("alice")
                      .store(store(place, "phone"))));

      assertThat(tasks.deref()).containsOnlyKeys("milk");
      result(put(tasks, "bread", task("Bread")).whenSynced());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherServerAtAnotherAddressIsSentNothing(Place place) throws Exception {
    Connection connection = connect(as("alice").store(store(place, "phone")));
    result(put(tasks(connection), "milk", task("Milk")).whenSynced());
    server.isDown.set(Integer.MAX_VALUE);
    put(tasks(connection), "staging", task("Only a test"));
    connection.close();
    try (EngineServer production = EngineServer.start()) {
      production.instance = Optional.of("production");
      Connection other =
          connect(
              Connection.builder(production.address(), "planner")
                  .token("alice")
                  .store(store(place, "phone")));
      SyncedAtom<JsonObject> tasks = tasks(other);
      eventually(() -> isWrong(tasks));

      assertThat(tasks.deref()).isEmpty();
      assertThat(production.bodies).isEmpty();
      other.close();
    }
  }

  @Test
  void aServerWithoutAnInstanceIsKnownByItsAddress() throws Exception {
    server.instance = Optional.empty();
    Connection connection = connect(as("alice").store(store(Place.FILE, "phone")));
    result(put(tasks(connection), "milk", task("Milk")).whenSynced());
    connection.close();
    try (EngineServer other = EngineServer.start()) {
      Connection there =
          connect(
              Connection.builder(other.address(), "planner")
                  .token("alice")
                  .store(store(Place.FILE, "phone")));
      SyncedAtom<JsonObject> tasks = tasks(there);
      eventually(() -> isWrong(tasks));
      there.close();
    }

    server.instance = Optional.of("named-after-an-update");
    SyncedAtom<JsonObject> tasks = tasks(connect(as("alice").store(store(Place.FILE, "phone"))));
    result(put(tasks, "bread", task("Bread")).whenSynced());
  }

  @Test
  void anAnswerOfAnotherInstanceHasNoEffectUntilItWasAskedWhoItIs() throws Exception {
    Connection connection = connect(as("alice"));
    SyncedAtom<JsonObject> tasks = tasks(connection);
    result(put(tasks, "milk", task("Milk")).whenSynced());
    int asked = server.asked.size();

    server.instance = Optional.of("instance-2");
    result(put(tasks, "bread", task("Bread")).whenSynced());

    assertThat(server.asked).hasSizeGreaterThan(asked);
  }

  @Test
  void anotherApplicationOrOrganisationIsRefusedAtOnce() {
    LocalStore store = LocalStore.memory();
    connect(as("alice").store(store)).close();

    assertThatThrownBy(
            () ->
                Connection.builder(server.address(), "other").store(store).token("alice").connect())
        .isInstanceOf(WrongReplicaException.class)
        .hasMessageContaining("'planner'");
    assertThatThrownBy(() -> as("alice").organisation("acme").store(store).connect())
        .isInstanceOf(WrongReplicaException.class)
        .hasMessageContaining("not of an organisation");
  }

  @Test
  void eachChangeSaysWhoseDocumentItMeans() throws Exception {
    result(put(tasks(connect(as("alice"))), "milk", task("Milk")).whenSynced());
    assertThat(lastOwner()).isEqualTo(new JsonString("alice"));

    SyncedAtom<JsonObject> acme = tasks(connect(as("alice").organisation("acme")));
    result(put(acme, "milk", task("Milk")).whenSynced());
    assertThat(lastOwner()).isEqualTo(new JsonString("acme"));
    assertThat(acme.deref()).containsOnlyKeys("milk");
  }

  private JsonString lastOwner() {
    for (int i = server.bodies.size() - 1; i >= 0; i--) {
      var changes =
          ((dev.landfall.api.json.JsonArray) server.bodies.get(i).get("changes")).values();
      if (!changes.isEmpty()) {
        return (JsonString) ((JsonObject) changes.get(0)).get("owner");
      }
    }
    throw new AssertionError("nothing was sent");
  }

  /** The file was written by the version before replicas were bound. */
  @Test
  void aFileOfTheFirstVersionIsUpgraded() throws Exception {
    Path file = folder.resolve("old.db");
    try (java.sql.Connection old = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = old.createStatement()) {
      String script =
          new String(
              BoundReplicaTest.class.getResourceAsStream("first-version.sql").readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
      for (String statement : script.replace("ADDRESS", server.address().toString()).split(";\n")) {
        sql.execute(statement);
      }
    }
    server.isDown.set(Integer.MAX_VALUE);

    Connection connection = connect(as("alice").store(LocalStore.file(file)));
    SyncedAtom<JsonObject> tasks = tasks(connection);

    assertThat(tasks.deref()).containsOnlyKeys("milk", "@@home", "@bob/plan");
    assertThat(tasks.inbox()).extracting(RefusedChange::name).containsExactly("@@odd");
    server.isDown.set(0);
    eventually(() -> tasks.pending() == 0);
    connection.close();
    SyncedAtom<JsonObject> bobs = tasks(connect(as("bob").store(LocalStore.file(file))));
    eventually(() -> isWrong(bobs));
  }
}
