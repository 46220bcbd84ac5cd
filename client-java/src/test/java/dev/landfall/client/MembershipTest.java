package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.Warning;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the documents of an organisation when the user is not in it any more. */
class MembershipTest extends ClientTest {
  @ParameterizedTest
  @EnumSource
  void whoIsNotInItAnyMoreHasNoneOfItsDocuments(Place place) throws Exception {
    Landfall first = connect(as("alice").organisation("acme").store(store(place, "phone")));
    result(put(first.atom("notes", Codec.JSON), "memo", task("Memo")).whenSynced());
    SyncedAtom<JsonObject> tasks = tasks(first);
    result(put(tasks, "plan", task("Plan")).whenSynced());
    result(put(tasks, "budget", task("Budget")).whenSynced());
    server.isDown.set(Integer.MAX_VALUE);
    set(tasks, "plan", "title", "My plan");
    first.close();
    server.hasNoMembers = true;

    List<Set<String>> gone = new CopyOnWriteArrayList<>();
    List<String> refused = new CopyOnWriteArrayList<>();
    Landfall second = connect(as("alice").organisation("acme").store(store(place, "phone")));
    SyncedAtom<JsonObject> again = tasks(second); // and not the notes
    again.onRevoked(gone::add);
    again.onRefused(change -> refused.add(change.name()));
    server.isDown.set(0);
    second.syncNow();

    eventually(() -> again.deref().isEmpty());
    eventually(() -> again.problem().map(Problem::code).equals(Optional.of("not_a_member")));
    eventually(() -> gone.contains(Set.of("plan", "budget")) && refused.contains("plan"));
    assertThat(again.pending()).isZero();
    RefusedChange left = again.inbox().get(0);
    assertThat(left.code()).isEqualTo("revoked");
    assertThat(left.document())
        .contains(JsonObject.builder().put("title", "My plan").put("done", false).build());
    assertThat(second.atom("notes", Codec.JSON).deref()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatWasSetBackAndDoesNotKnowOfTheMembershipTakesNothingAway(Place place)
      throws Exception {
    Landfall first = connect(as("alice").organisation("acme").store(store(place, "phone")));
    SyncedAtom<JsonObject> before = tasks(first);
    result(put(before, "plan", task("Plan")).whenSynced());
    first.close();
    server.hasNoMembers = true;
    server.epoch = Optional.of("epoch-2"); // the same instance, put back from a backup

    Landfall second = connect(as("alice").organisation("acme").store(store(place, "phone")));
    SyncedAtom<JsonObject> tasks = tasks(second);
    set(tasks, "plan", "title", "My plan");

    eventually(() -> tasks.problem().flatMap(Problem::reason).equals(Optional.of("restored")));
    int asked = server.asked.size();
    eventually(() -> server.asked.size() > asked); // it goes on asking
    assertThat(tasks.status()).isEqualTo(Status.ERROR);
    assertThat(tasks.deref()).containsOnlyKeys("plan");
    assertThat(tasks.pending()).isEqualTo(1);
    assertThat(tasks.inbox()).isEmpty();

    server.hasNoMembers = false;
    second.syncNow();
    eventually(() -> tasks.pending() == 0);
    server.hasNoMembers = true; // now it knows what it says
    eventually(() -> tasks.deref().isEmpty());
  }

  @Test
  void whoIsInItAgainHasItsDocumentsAgain() throws Exception {
    Landfall connection =
        connect(as("alice").organisation("acme").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> tasks = tasks(connection);
    result(put(tasks, "plan", task("Plan")).whenSynced());
    server.hasNoMembers = true;
    eventually(() -> tasks.deref().isEmpty());

    server.hasNoMembers = false;
    connection.syncNow();

    eventually(() -> tasks.deref().containsKey("plan"));
    assertThat(tasks.inbox()).isEmpty();
  }

  @Test
  void warningsReachTheApplication() throws Exception {
    List<Warning> told = new CopyOnWriteArrayList<>();
    SyncedAtom<JsonObject> tasks = tasks(connect(as("alice")));
    result(tasks.ready());
    tasks.onWarning(told::add);
    JsonValue warning =
        JsonObject.builder()
            .put("code", "clock_behind")
            .put("key", "milk")
            .put("field", "title")
            .build();

    server.warnings = List.of(warning);
    result(put(tasks, "milk", task("Milk")).whenSynced());

    eventually(() -> !told.isEmpty());
    assertThat(told.get(0).code()).isEqualTo("clock_behind");
    assertThat(told.get(0).address().map(Object::toString)).contains("milk");
    assertThat(told.get(0).field()).contains("title");
    assertThat(((JsonArray) server.bodies.get(0).get("changes")).values()).isEmpty();
  }
}
