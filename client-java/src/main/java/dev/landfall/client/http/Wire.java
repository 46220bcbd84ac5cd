package dev.landfall.client.http;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.Reply;
import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests and answers as they travel (docs/protocol.md). An answer that is not as it should be is
 * an {@link IllegalArgumentException} that names the place; it changes nothing.
 */
public final class Wire {
  /** The most documents in a page. */
  static final int PAGE_DOCUMENTS = 1_000;

  /** After how many bytes a page ends. */
  static final long PAGE_BYTES = 4L << 20;

  private Wire() {}

  /** A request as JSON. */
  public static JsonObject of(CollectionName collection, Outgoing outgoing) {
    List<JsonValue> changes = new ArrayList<>(outgoing.changes().size());
    outgoing.changes().forEach(change -> changes.add(of(change)));
    return JsonObject.builder()
        .put("collection", collection.value())
        .put("clientClock", outgoing.clientClock().toString())
        .put("changes", new JsonArray(changes))
        .put("limit", PAGE_DOCUMENTS)
        .put("maxBytes", PAGE_BYTES)
        .put("acks", true)
        .put("owners", true)
        .put("onInvalid", "skip")
        .build();
  }

  private static JsonObject of(Outgoing.Change change) {
    JsonObject.Builder clocks = JsonObject.builder();
    change.clocks().forEach((path, clock) -> clocks.put(path, clock.toString()));
    JsonObject.Builder json =
        JsonObject.builder()
            .put("key", change.address().key().value())
            .put("fieldRevs", clocks.build())
            .put("baseClock", change.baseClock().toString());
    change
        .document()
        .ifPresentOrElse(document -> json.put("doc", document), () -> json.put("deleted", true));
    change.address().owner().ifPresent(owner -> json.put("owner", owner));
    return json.build();
  }

  /** Reads an answer. */
  public static Reply reply(JsonValue body) {
    JsonObject json = object(body, "the answer");
    List<Reply.Told> documents = new ArrayList<>();
    for (JsonValue one : array(json, "serverChanges")) {
      documents.add(told(object(one, "serverChanges")));
    }
    Map<DocumentAddress, HybridTimestamp> acknowledged = new LinkedHashMap<>();
    for (JsonValue one : array(json, "acks")) {
      JsonObject ack = object(one, "acks");
      acknowledged.put(address(ack, "key", ack.get("owner")), clock(ack, "rev"));
    }
    List<Reply.Rejected> rejected = new ArrayList<>();
    for (JsonValue one : array(json, "rejected")) {
      JsonObject refusal = object(one, "rejected");
      JsonValue details = refusal.get("details");
      JsonValue owner = details instanceof JsonObject object ? object.get("owner") : null;
      rejected.add(
          new Reply.Rejected(
              address(refusal, "key", owner),
              text(refusal, "code"),
              details == null ? JsonObject.EMPTY : details));
    }
    List<ResolvedConflict> conflicts = new ArrayList<>();
    for (JsonValue one : array(json, "conflicts")) {
      conflicts.add(conflict(object(one, "conflicts")));
    }
    return new Reply(
        clock(json, "serverClock"),
        documents,
        acknowledged,
        rejected,
        conflicts,
        flag(json, "more"),
        json.get("resync") != null && json.get("resync") != JsonBoolean.FALSE);
  }

  private static Reply.Told told(JsonObject wire) {
    Reply.Fate fate = Reply.Fate.LIVE;
    if (flag(wire, "_revoked")) {
      fate = Reply.Fate.REVOKED;
    } else if (flag(wire, "_deleted")) {
      fate = Reply.Fate.DELETED;
    }
    return new Reply.Told(
        address(wire, "_key", wire.get("_owner")),
        clock(wire, "_rev"),
        fate,
        fate == Reply.Fate.LIVE ? StoredForm.withoutProtocol(wire) : JsonObject.EMPTY);
  }

  private static ResolvedConflict conflict(JsonObject json) {
    return new ResolvedConflict(
        address(json, "key", json.get("owner")),
        text(json, "field"),
        Optional.ofNullable(json.get("localValue")),
        Optional.ofNullable(json.get("remoteValue")),
        text(json, "winner"),
        Optional.ofNullable(json.get("winnerValue")));
  }

  private static DocumentAddress address(JsonObject json, String name, @Nullable JsonValue owner) {
    String key = text(json, name);
    return owner instanceof JsonString other
        ? DocumentAddress.of(other.value(), key)
        : DocumentAddress.own(key);
  }

  static JsonObject object(@Nullable JsonValue value, String place) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException(place + " is not an object");
  }

  private static List<JsonValue> array(JsonObject json, String name) {
    JsonValue value = json.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof JsonArray array) {
      return array.values();
    }
    throw new IllegalArgumentException(name + " is not an array");
  }

  static String text(JsonObject json, String name) {
    if (json.get(name) instanceof JsonString text) {
      return text.value();
    }
    throw new IllegalArgumentException(name + " is not a string");
  }

  static long number(JsonObject json, String name) {
    if (json.get(name) instanceof JsonNumber number) {
      return number.value().longValue();
    }
    throw new IllegalArgumentException(name + " is not a number");
  }

  static HybridTimestamp clock(JsonObject json, String name) {
    return HybridTimestamp.parse(text(json, name));
  }

  private static boolean flag(JsonObject json, String name) {
    return json.get(name) == JsonBoolean.TRUE;
  }
}
