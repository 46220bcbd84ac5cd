package dev.landfall.webapp.it;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Somebody who talks to a server over HTTP, with a token or without. */
final class Caller {
  static final String ZERO = "0000000000000-000000-00000000";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final TestServer server;
  private final Optional<String> token;
  private final String userId;

  private Caller(TestServer server, Optional<String> token, String userId) {
    this.server = server;
    this.token = token;
    this.userId = userId;
  }

  static Caller anonymous(TestServer server) {
    return new Caller(server, Optional.empty(), "");
  }

  static Caller withToken(TestServer server, String token) {
    return new Caller(server, Optional.of(token), "");
  }

  /** Somebody nobody has been before. */
  static Caller newUser(TestServer server) {
    return named(server, "user " + UUID.randomUUID());
  }

  static Caller named(TestServer server, String name) {
    return signedIn(server, JsonObject.builder().put("name", name).build());
  }

  /** Somebody whose address is verified. */
  static Caller withAddress(TestServer server, String name, String address) {
    return signedIn(server, JsonObject.builder().put("name", name).put("email", address).build());
  }

  private static Caller signedIn(TestServer server, JsonObject who) {
    Answer answer = anonymous(server).post("/auth/dev", who);
    if (answer.status() != 200) {
      throw new IllegalStateException("no sign-in: " + answer);
    }
    return new Caller(
        server,
        Optional.of(answer.text("token")),
        ((JsonString) ((JsonObject) answer.json().get("user")).get("userId")).value());
  }

  String token() {
    return token.orElseThrow();
  }

  String userId() {
    return userId;
  }

  TestServer server() {
    return server;
  }

  /** An answer. */
  record Answer(int status, java.net.http.HttpHeaders headers, byte[] body) {
    JsonObject json() {
      try {
        return (JsonObject) JsonText.parse(body);
      } catch (JsonFormatException e) {
        throw new AssertionError("not JSON: " + this, e);
      }
    }

    String text(String member) {
      return json().get(member) instanceof JsonString string ? string.value() : "(none)";
    }

    long number(String member) {
      return ((JsonNumber) json().get(member)).value().longValueExact();
    }

    List<JsonValue> list(String member) {
      return json().get(member) instanceof JsonArray array ? array.values() : List.of();
    }

    /** All of it; {@link #toString} tells how it begins. */
    String whole() {
      return new String(body, StandardCharsets.UTF_8);
    }

    JsonObject details() {
      return (JsonObject) json().get("details");
    }

    /** The one document in {@code serverChanges}. */
    JsonObject document() {
      List<JsonValue> documents = list("serverChanges");
      if (documents.size() != 1) {
        throw new AssertionError("not one document: " + this);
      }
      return (JsonObject) documents.get(0);
    }

    String clock() {
      return text("serverClock");
    }

    String header(String name) {
      return headers.firstValue(name).orElse("(none)");
    }

    @Override
    public String toString() {
      String text = whole();
      return status + " " + (text.length() > 2000 ? text.substring(0, 2000) + "..." : text);
    }
  }

  Answer get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  Answer post(String path, JsonValue body, String... headers) {
    return post(path, JsonText.bytes(body).toArray(), headers);
  }

  Answer post(String path, String body, String... headers) {
    return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  Answer post(String path, byte[] body, String... headers) {
    HttpRequest.Builder request = request(path, headers);
    if (!List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    return send(request.POST(BodyPublishers.ofByteArray(body)).build());
  }

  Answer patch(String path, JsonValue body) {
    byte[] bytes = JsonText.bytes(body).toArray();
    return send(
        request(path, "Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofByteArray(bytes))
            .build());
  }

  CompletableFuture<Answer> getLater(String path, String... headers) {
    return CLIENT
        .sendAsync(request(path, headers).GET().build(), BodyHandlers.ofByteArray())
        .thenApply(Caller::answer);
  }

  Answer method(String method, String path, String... headers) {
    return send(request(path, headers).method(method, BodyPublishers.noBody()).build());
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri(path)).timeout(Duration.ofSeconds(180));
    token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request;
  }

  Answer send(HttpRequest request) {
    try {
      return answer(CLIENT.send(request, BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer answer(HttpResponse<byte[]> response) {
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  // ---- sync

  /** Sends a sync for the free collection {@code items} of {@code lists}. */
  Answer sync(JsonValue body, String... headers) {
    return post("/lists/sync", body, headers);
  }

  Answer push(JsonValue... changes) {
    return sync(body(ZERO).put("changes", new JsonArray(List.of(changes))).build());
  }

  Answer pull(String since) {
    return sync(body(since).build());
  }

  static JsonObject.Builder body(String clientClock) {
    return JsonObject.builder().put("collection", "items").put("clientClock", clientClock);
  }

  /** A change that has every top-level field stamped with {@code clock}. */
  static JsonObject.Builder change(String key, JsonObject doc, String clock) {
    JsonObject.Builder stamps = JsonObject.builder();
    doc.members().keySet().forEach(name -> stamps.put(escaped(name), clock));
    return JsonObject.builder()
        .put("key", key)
        .put("doc", doc)
        .put("fieldRevs", stamps.build())
        .put("baseClock", ZERO);
  }

  static JsonObject deletion(String key, String clock, String base) {
    return JsonObject.builder()
        .put("key", key)
        .put("deleted", true)
        .put("fieldRevs", JsonObject.builder().put("", clock).build())
        .put("baseClock", base)
        .build();
  }

  static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new AssertionError(text, e);
    }
  }

  /** A clock of a device called {@code phone}, so many milliseconds from now. */
  static String clock(long offset) {
    return clockAt(System.currentTimeMillis() + offset);
  }

  /** The same of another device. */
  static String laptop(long offset) {
    return clock(offset).replace("phone", "laptop");
  }

  static String clockAt(long millis) {
    return String.format("%013x-000001-phone", millis);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String escaped(String name) {
    return name.replace("%", "%25").replace(".", "%2E");
  }
}
