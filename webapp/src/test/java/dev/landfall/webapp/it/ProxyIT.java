package dev.landfall.webapp.it;

import static dev.landfall.webapp.it.Caller.change;
import static dev.landfall.webapp.it.Caller.clock;
import static dev.landfall.webapp.it.Caller.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server behind nginx, at its root and below a path. Left out where there is no nginx. */
class ProxyIT {
  private static final String PREFIX = "/sync/v1";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static TestServer server;
  private static Nginx nginx;

  @BeforeAll
  static void start() throws IOException {
    assumeThat(Nginx.isThere()).as("nginx").isTrue();
    server =
        new TestServer(
            "proxied",
            Map.of("landfall.store", "memory", "landfall.http.trusted-proxies", "127.0.0.1"));
    server.start();
    nginx = Nginx.before(server.port(), PREFIX);
  }

  @AfterAll
  static void stop() throws IOException {
    if (nginx != null) {
      nginx.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static Caller.Answer push(Caller caller, String key) {
    JsonObject change = change(key, json("{'a': 1}"), clock(0)).build();
    return caller.post(
        "/todo/sync",
        Caller.body(Caller.ZERO).put("changes", new JsonArray(List.of(change))).build());
  }

  private static HttpResponse<String> get(String address, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** The first event is far smaller than the buffer that nginx would like to fill. */
  @Test
  void anEventComesThroughAtOnce() throws Exception {
    Caller alice = Caller.newUser(server);
    String since = push(alice, "k").clock();
    HttpResponse<InputStream> stream =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create(
                        nginx.address() + PREFIX + "/todo/live?collections=items&since=" + since))
                .header("Authorization", "Bearer " + alice.token())
                .build(),
            BodyHandlers.ofInputStream());

    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      CompletableFuture<String> event =
          CompletableFuture.supplyAsync(
              () -> lines.lines().filter(line -> line.startsWith("data:")).findFirst().orElse(""));
      push(alice, "l");

      assertThat(stream.statusCode()).isEqualTo(200);
      assertThat(event.get(60, TimeUnit.SECONDS)).contains("items");
    }
  }

  @Test
  void redirectsBeginWithThePrefixThatTheProxySays() throws Exception {
    assertThat(get(nginx.address() + PREFIX + "/").headers().firstValue("Location"))
        .contains(PREFIX + "/openapi/ui/");
    assertThat(get(nginx.address() + PREFIX + "/examples/planner").headers().firstValue("Location"))
        .contains(PREFIX + "/examples/planner/");
    assertThat(get(nginx.address() + "/").headers().firstValue("Location"))
        .contains("/openapi/ui/");
  }

  @Test
  void theDescriptionOfTheApiLeadsBackThroughTheProxy() throws Exception {
    String description =
        get(nginx.address() + PREFIX + "/openapi", "Accept", "application/json").body();

    assertThat(get(nginx.address() + PREFIX + "/openapi/ui/").statusCode()).isEqualTo(200);
    assertThat(description).contains("/{application}/sync").contains("\"url\" : \".\"");
  }

  @Test
  void syncGoesThroughTheProxy() throws Exception {
    Caller alice = Caller.newUser(server);
    push(alice, "a//b");

    HttpResponse<String> pulled =
        get(
            nginx.address() + PREFIX + "/todo/changes?collection=items",
            "Authorization",
            "Bearer " + alice.token());

    assertThat(pulled.statusCode()).isEqualTo(200);
    assertThat(pulled.body()).contains("a//b");
  }
}
