package dev.landfall.benchmarks.load;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.json.JsonWriter;
import dev.landfall.benchmarks.Note;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A signed-in user with documents, on one device. For one thread. */
final class User {
  static final String ZERO = HybridTimestamp.ZERO.toString();
  private static final int PUSH = 500;

  private final Api api;
  private final String token;
  private final String device;
  private String serverClock = ZERO;
  private int sequence;

  User(Api api, String name) throws IOException, InterruptedException {
    this.api = api;
    this.token = api.signIn(name);
    this.device = "device-" + name;
  }

  String token() {
    return token;
  }

  String serverClock() {
    return serverClock;
  }

  void keep(String serverClock) {
    this.serverClock = serverClock;
  }

  /** A clock of the device. */
  String now() {
    sequence++;
    return new HybridTimestamp(System.currentTimeMillis(), sequence, device).toString();
  }

  /** Creates documents, numbered from 0 on. */
  User create(int documents) throws IOException, InterruptedException {
    for (int from = 0; from < documents; from += PUSH) {
      sync(creation(from, Math.min(PUSH, documents - from)));
    }
    return this;
  }

  /** A push of new documents, numbered from {@code first} on. */
  byte[] creation(int first, int documents) {
    JsonWriter body = beginning();
    for (int number = first; number < first + documents; number++) {
      String now = now();
      Map<String, String> stamps = new LinkedHashMap<>();
      JsonObject document = Note.of(number, 0);
      document.members().keySet().forEach(name -> stamps.put(name, now));
      body.raw(number == first ? "" : ",");
      change(body, Note.key(number), document, stamps, ZERO);
    }
    return body.raw("]}").toBytes().toArray();
  }

  /** The beginning of a push, up to the first change. */
  JsonWriter beginning() {
    return new JsonWriter()
        .raw("{\"collection\":\"tasks\",\"clientClock\":\"")
        .raw(serverClock)
        .raw("\",\"changes\":[");
  }

  static void change(
      JsonWriter body,
      String key,
      JsonObject document,
      Map<String, String> stamps,
      String baseClock) {
    body.raw("{\"key\":").string(key).raw(",\"doc\":").value(document).raw(",\"fieldRevs\":{");
    boolean first = true;
    for (Map.Entry<String, String> stamp : stamps.entrySet()) {
      body.raw(first ? "" : ",").name(stamp.getKey()).string(stamp.getValue());
      first = false;
    }
    body.raw("},\"baseClock\":\"").raw(baseClock).raw("\"}");
  }

  /** A request that pulls what is new. */
  static byte[] pull(String clientClock) {
    return JsonText.bytes(
            JsonObject.builder().put("collection", "tasks").put("clientClock", clientClock).build())
        .toArray();
  }

  /** Sends a sync that is not measured, and keeps the clock in the answer. */
  JsonObject sync(byte[] body) throws IOException, InterruptedException {
    JsonObject answer = Api.json(api.sync(token, body));
    serverClock = Api.text(answer, "serverClock");
    return answer;
  }

  /** The same documents as the server knows them, pushed once more as existing clients do. */
  byte[] unchanged() throws IOException, InterruptedException {
    JsonObject answer = sync(pull(ZERO));
    JsonWriter body = beginning();
    boolean first = true;
    if (answer.get("serverChanges") instanceof JsonArray documents) {
      for (JsonValue value : documents.values()) {
        if (value instanceof JsonObject document
            && document.get("_fieldRevs") instanceof JsonObject clocks) {
          Map<String, String> stamps = new LinkedHashMap<>();
          for (Map.Entry<String, JsonValue> clock : clocks.members().entrySet()) {
            stamps.put(clock.getKey(), clock.getValue() instanceof JsonString s ? s.value() : "");
          }
          JsonObject.Builder fields = JsonObject.builder();
          document
              .members()
              .forEach(
                  (name, member) -> {
                    if (!name.startsWith("_")) {
                      fields.put(name, member);
                    }
                  });
          body.raw(first ? "" : ",");
          change(body, Api.text(document, "_key"), fields.build(), stamps, serverClock);
          first = false;
        }
      }
    }
    return body.raw("]}").toBytes().toArray();
  }
}
