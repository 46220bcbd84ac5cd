package dev.landfall.client;

import static dev.landfall.client.Eventually.eventually;
import static dev.landfall.client.Eventually.result;

import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.client.store.LocalStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two devices that have been set up from one backup. */
class ClonedDeviceTest extends ClientTest {
  private Landfall open(Path file) {
    return connect(as("alice").store(LocalStore.file(file)));
  }

  private static SyncedAtom<JsonObject> counts(Landfall connection) {
    return connection.atom("counts", Codec.JSON);
  }

  private static Receipt increment(SyncedAtom<JsonObject> counts) {
    return counts.update(
        "visits",
        before -> {
          long now = before.map(ClonedDeviceTest::number).orElse(0L);
          return Optional.of(JsonObject.builder().put("n", now + 1).build());
        });
  }

  private static long number(JsonObject document) {
    return ((JsonNumber) document.get("n")).value().longValueExact();
  }

  /** Opens the backup on two devices, counts on both, and waits until they agree. */
  private void bothCountTo(long number, Path backup) throws Exception {
    List<Landfall> clones = new ArrayList<>();
    for (String name : List.of("first", "second")) {
      clones.add(open(Files.copy(backup, folder.resolve(name + ".db"))));
    }
    for (Landfall clone : clones) {
      increment(counts(clone));
    }
    server.isDown.set(0);
    for (int i = 0; i < 2; i++) { // the first hears what the second has sent
      for (Landfall clone : clones) {
        clone.syncNow();
        eventually(() -> counts(clone).pending() == 0);
      }
    }
    for (Landfall clone : clones) {
      eventually(() -> number(counts(clone).deref().get("visits")) == number);
    }
  }

  @Test
  void whatBothCountIsCountedTwice() throws Exception {
    Path file = folder.resolve("original.db");
    Landfall original = open(file);
    result(increment(counts(original)).whenSynced());
    original.close();

    bothCountTo(3, file);
  }

  @Test
  void whatWasWaitingInTheBackupIsCountedOnceAndWhatBothCountOnTopOfItTwice() throws Exception {
    Path file = folder.resolve("original.db");
    Landfall original = open(file);
    result(increment(counts(original)).whenSynced());
    server.isDown.set(Integer.MAX_VALUE);
    increment(counts(original));
    original.close();

    bothCountTo(4, file);
  }

  @Test
  void whatWasSentWithoutAnAnswerIsCountedOnceAndWhatBothCountOnTopOfItTwice() throws Exception {
    Path file = folder.resolve("original.db");
    Landfall original = open(file);
    result(increment(counts(original)).whenSynced());
    int before = server.changes.get();
    server.losesAnswersToChanges = true;
    increment(counts(original));
    eventually(() -> server.changes.get() > before);
    original.close();
    server.isDown.set(Integer.MAX_VALUE);
    server.losesAnswersToChanges = false;

    bothCountTo(4, file);
  }
}
