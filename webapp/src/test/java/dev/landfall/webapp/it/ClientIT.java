package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.client.Codec;
import dev.landfall.client.Connection;
import dev.landfall.client.Status;
import dev.landfall.client.SyncedAtom;
import dev.landfall.client.store.LocalStore;
import dev.landfall.webapp.session.TokenForge;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client against the packaged server. */
class ClientIT {
  private static final String SOON = "a minute or two";

  @TempDir Path folder;
  private final TestServer server = TestServer.shared("memory");

  private Connection.Builder as(String token, String device) {
    return Connection.builder(URI.create(server.address()), "lists")
        .token(token)
        .interval(Duration.ofMillis(500))
        .store(LocalStore.file(folder.resolve(device + ".db")));
  }

  private static JsonObject task(String title, boolean done) {
    return JsonObject.builder().put("title", title).put("done", done).build();
  }

  @Test
  void twoDevicesEditWithoutAValidTokenSignInAndAgree() throws Exception {
    Caller alice = Caller.newUser(server);
    long old = Instant.now().minus(Duration.ofDays(30)).getEpochSecond();
    String expired =
        new TokenForge(TestServer.SECRET.getBytes(StandardCharsets.UTF_8))
            .session(alice.userId(), old, old);

    try (Connection first = as(alice.token(), "phone").connect()) {
      first
          .atom("tasks", Codec.JSON)
          .update("milk", none -> Optional.of(task("Milk", false)))
          .whenSynced()
          .get(2, TimeUnit.MINUTES);
    }
    try (Connection first = as(expired, "phone").connect();
        Connection second = as(alice.token(), "laptop").connect()) {
      SyncedAtom<JsonObject> phone = first.atom("tasks", Codec.JSON);
      SyncedAtom<JsonObject> laptop = second.atom("tasks", Codec.JSON);
      eventually(() -> laptop.deref().containsKey("milk"));
      second.signIn(expired);
      eventually(
          () -> phone.status() == Status.UNAUTHORIZED && laptop.status() == Status.UNAUTHORIZED);

      phone.update("milk", before -> Optional.of(task("Oat milk", false)));
      laptop.update("milk", before -> Optional.of(task("Milk", true)));
      phone.update("bread", none -> Optional.of(task("Bread", false)));
      first.signIn(alice.token());
      second.signIn(alice.token());

      Map<String, JsonObject> both =
          Map.of("milk", task("Oat milk", true), "bread", task("Bread", false));
      eventually(() -> phone.deref().equals(both) && laptop.deref().equals(both));
      phone.update("bread", before -> Optional.empty());
      eventually(() -> !laptop.deref().containsKey("bread"));
      eventually(() -> phone.pending() == 0 && first.signOut(false).done());
    }
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 6_000; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(20);
    }
    assertThat(condition.call()).as("within " + SOON).isTrue();
  }
}
