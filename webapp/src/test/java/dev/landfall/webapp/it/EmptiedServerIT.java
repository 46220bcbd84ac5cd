package dev.landfall.webapp.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.client.Codec;
import dev.landfall.client.Connection;
import dev.landfall.client.Restored;
import dev.landfall.client.SyncedAtom;
import dev.landfall.client.store.LocalStore;
import dev.landfall.webapp.it.Caller.Answer;
import dev.landfall.webapp.signin.ProviderServer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People who sign in with a provider at a server that has lost its data, or theirs. */
class EmptiedServerIT {
  private static Map<String, String> settings(ProviderServer provider) {
    return Map.of(
        "landfall.store",
        "sqlite",
        "landfall.auth.dev",
        "false",
        "landfall.auth.redirect-base",
        "http://localhost:9080",
        "landfall.auth.oidc.corp.issuer",
        provider.uri("/corp").toString(),
        "landfall.auth.oidc.corp.client-id",
        ProviderServer.CLIENT,
        "landfall.auth.oidc.corp.client-secret",
        ProviderServer.SECRET);
  }

  private static Answer signIn(TestServer server, ProviderServer provider) {
    Caller anybody = Caller.anonymous(server);
    Answer begun = anybody.get("/auth/corp");
    String back =
        provider.consent(URI.create(begun.text("authorizationURL"))).entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return anybody.get("/auth/corp/callback?" + back);
  }

  private static String userId(Answer signedIn) {
    return ((JsonString) ((JsonObject) signedIn.json().get("user")).get("userId")).value();
  }

  @Test
  void theSameUserBringsEverythingBack(@TempDir Path device) throws Exception {
    JsonObject milk = JsonObject.builder().put("title", "milk").build();
    try (ProviderServer provider = new ProviderServer(() -> System.currentTimeMillis() / 1000);
        TestServer server = new TestServer("emptied", settings(provider))) {
      server.start();
      Answer before = signIn(server, provider);
      String epoch = me(server, before).text("epoch");
      Connection.Builder builder =
          Connection.builder(URI.create(server.address()), "planner")
              .interval(Duration.ofMillis(500))
              .store(LocalStore.file(device.resolve("replica.db")));
      try (Connection connection = builder.token(before.text("token")).connect()) {
        connection
            .atom("tasks", Codec.JSON)
            .update("milk", none -> Optional.of(milk))
            .whenSynced()
            .get(2, TimeUnit.MINUTES);
      }
      server.end();
      Files.delete(server.home().resolve("landfall.db"));
      server.start();

      Answer after = signIn(server, provider);
      CompletableFuture<Restored> told = new CompletableFuture<>();
      Caller alice = Caller.withToken(server, after.text("token"));
      try (Connection connection =
          Connection.builder(URI.create(server.address()), "planner")
              .interval(Duration.ofMillis(500))
              .store(LocalStore.file(device.resolve("replica.db")))
              .token(after.text("token"))
              .onRestored(told::complete)
              .connect()) {
        SyncedAtom<JsonObject> tasks = connection.atom("tasks", Codec.JSON);
        told.get(2, TimeUnit.MINUTES);
        tasks.update("bread", none -> Optional.of(milk)).whenSynced().get(2, TimeUnit.MINUTES);
      }

      assertThat(userId(after)).isEqualTo(userId(before));
      assertThat(me(server, after).text("epoch")).isNotEqualTo(epoch);
      Answer there =
          alice.post(
              "/planner/sync",
              JsonObject.builder()
                  .put("collection", "tasks")
                  .put("clientClock", Caller.ZERO)
                  .build());
      assertThat(there.list("serverChanges").toString()).contains("\"milk\"").contains("\"bread\"");

      assertThat(alice.method("DELETE", "/account").status()).isEqualTo(204);
      server.end();
      server.start();
      assertThat(userId(signIn(server, provider))).isNotEqualTo(userId(before));
    }
  }

  private static Answer me(TestServer server, Answer signedIn) {
    return Caller.withToken(server, signedIn.text("token")).get("/auth/me");
  }
}
