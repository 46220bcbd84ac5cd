package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that comes back empty, or has forgotten on purpose. */
class RestoredServerTest extends ClientTest {
  private void loseEverything() {
    server.instance = Optional.of("another instance");
    server.loseEverything();
  }

  @ParameterizedTest
  @EnumSource
  void whatAnEmptyServerHasLostIsBroughtBack(Place place) throws Exception {
    List<Restored> told = new CopyOnWriteArrayList<>();
    Connection connection =
        connect(as("alice").store(store(place, "phone")).onRestored(told::add).liveHints(false));
    SyncedAtom<JsonObject> phone = tasks(connection);
    for (int i = 0; i < 7; i++) {
      result(put(phone, "task-" + i, task("Task " + i)).whenSynced());
    }
    result(set(phone, "task-1", "note", "kept").whenSynced());
    result(remove(phone, "task-6").whenSynced());

    loseEverything();
    eventually(() -> !told.isEmpty() && phone.pending() == 0 && phone.status() == Status.IDLE);

    assertThat(told).containsExactly(new Restored("tasks", false));
    assertThat(phone.deref()).hasSize(6);
    SyncedAtom<JsonObject> laptop = tasks(connect(as("alice")));
    result(laptop.ready());
    assertThat(laptop.deref()).isEqualTo(phone.deref());
  }

  @Test
  void whatTwoDevicesBringBackMeetsByTheOldClocks() throws Exception {
    Connection phones = connect(as("alice").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> phone = tasks(phones);
    result(put(phone, "milk", task("Milk")).whenSynced());
    Connection laptops = connect(as("alice").store(store(Place.FILE, "laptop")));
    SyncedAtom<JsonObject> laptop = tasks(laptops);
    eventually(() -> laptop.deref().containsKey("milk"));
    laptops.close(); // it holds the old title
    result(set(phone, "milk", "title", "Oat milk").whenSynced());
    result(set(phone, "milk", "note", "two litres").whenSynced());
    phones.close();

    loseEverything();
    SyncedAtom<JsonObject> old = tasks(connect(as("alice").store(store(Place.FILE, "laptop"))));
    eventually(() -> old.pending() == 0 && old.status() == Status.IDLE);
    assertThat(old.deref().get("milk")).isEqualTo(task("Milk"));
    SyncedAtom<JsonObject> newer = tasks(connect(as("alice").store(store(Place.FILE, "phone"))));

    JsonObject both =
        JsonObject.builder()
            .put("title", "Oat milk")
            .put("done", false)
            .put("note", "two litres")
            .build();
    eventually(() -> both.equals(old.deref().get("milk")));
    eventually(() -> both.equals(newer.deref().get("milk")) && newer.pending() == 0);
  }

  @ParameterizedTest
  @EnumSource
  void itCanBeHeldBackUntilTheApplicationAgrees(Place place) throws Exception {
    List<Restored> told = new CopyOnWriteArrayList<>();
    Connection connection =
        connect(
            as("alice")
                .store(store(place, "phone"))
                .asksBeforeRestoring(true)
                .onRestored(told::add));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(put(phone, "milk", task("Milk")).whenSynced());

    loseEverything();
    eventually(() -> !told.isEmpty());
    eventually(() -> phone.problem().map(Problem::code).equals(Optional.of("restored")));

    assertThat(told).containsExactly(new Restored("tasks", true));
    assertThat(phone.deref()).containsOnlyKeys("milk");
    SyncedAtom<JsonObject> laptop = tasks(connect(as("alice")));
    result(laptop.ready());
    assertThat(laptop.deref()).isEmpty();

    connection.bringBack();

    eventually(() -> laptop.deref().containsKey("milk"));
    eventually(() -> phone.status() == Status.IDLE && phone.pending() == 0);
  }

  @Test
  void whatWasPurgedIsDroppedAndWhatIsPendingStays() throws Exception {
    Connection connection = connect(as("alice").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(put(phone, "milk", task("Milk")).whenSynced());
    result(put(phone, "bread", task("Bread")).whenSynced());
    server.isDown.set(Integer.MAX_VALUE);
    set(phone, "bread", "title", "Rye bread");
    server.purges = true;
    server.loseEverything();
    server.isDown.set(0);
    connection.syncNow();

    eventually(() -> phone.pending() == 0 && !phone.deref().containsKey("milk"));
  }

  @Test
  void anOrganisationThatTheServerHasLostIsNotTakenForOneThatWasLeft() throws Exception {
    Connection connection =
        connect(as("alice").organisation("acme").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> phone = tasks(connection);
    result(put(phone, "plan", task("Plan")).whenSynced());

    server.hasNoMembers = true;
    loseEverything();
    eventually(() -> phone.problem().map(Problem::code).equals(Optional.of("not_a_member")));
    assertThat(phone.deref()).containsOnlyKeys("plan");

    server.hasNoMembers = false; // the organisation has been made again
    connection.syncNow();
    eventually(() -> phone.status() == Status.IDLE && phone.pending() == 0);
    SyncedAtom<JsonObject> laptop = tasks(connect(as("bob").organisation("acme")));
    eventually(() -> laptop.deref().containsKey("plan"));
  }
}
