package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a device keeps that its user has removed: nothing. */
class RemovedDeviceTest extends ClientTest {
  @Test
  void aDeviceThatItsUserHasRemovedKeepsNothingUnsentEditsIncluded() throws Exception {
    AtomicInteger told = new AtomicInteger();
    Connection first =
        connect(
            as("alice")
                .device("phone", "Alice's phone")
                .store(store(Place.FILE, "phone"))
                .onRemoved(told::incrementAndGet));
    SyncedAtom<JsonObject> tasks = tasks(first);
    result(put(tasks, "plan", task("Plan")).whenSynced());
    assertThat(server.bodies.get(0).get("device"))
        .isEqualTo(JsonObject.builder().put("id", "phone").put("name", "Alice's phone").build());
    server.hasRemovedDevices = true;

    put(tasks, "late", task("Late"));
    eventually(() -> told.get() == 1);

    server.isDown.set(Integer.MAX_VALUE);
    Connection second = connect(as("alice").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> left = tasks(second);
    eventually(() -> left.status() == Status.OFFLINE);
    assertThat(left.deref()).isEmpty();
    assertThat(left.pending()).isZero();
  }

  @Test
  void aTokenThatHasEndedErasesNothing() throws Exception {
    Connection first = connect(as("alice").store(store(Place.FILE, "phone")));
    SyncedAtom<JsonObject> tasks = tasks(first);
    result(put(tasks, "plan", task("Plan")).whenSynced());
    server.expired.add("alice");

    put(tasks, "late", task("Late"));

    eventually(() -> tasks.status() == Status.UNAUTHORIZED);
    assertThat(tasks.deref()).containsOnlyKeys("plan", "late");
  }
}
