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
import dev.landfall.client.replica.LeafClocks;
import dev.landfall.client.replica.Outgoing;
import dev.landfall.client.replica.Reply;
import dev.landfall.client.replica.ResolvedConflict;
import dev.landfall.client.replica.Resync;
import dev.landfall.client.replica.Warning;
import dev.landfall.engine.document.StoredForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Requests and answers as they travel (docs/protocol.md). An answer that is not as it should be is
 * an {@link IllegalArgumentException} that names the place; it changes nothing.
 */
public final class Wire {
  /** The most documents in a page. */
  static final int PAGE_DOCUMENTS = 1_000;

  private Wire() {}

  /**
   * A request as JSON.
   *
   * @param self whose documents are one's own: each change says whose document it means, so that
   *     nobody else's stands in for it
   * @param pageBytes after how many bytes the page ends
   */
  public static JsonObject of(
      CollectionName collection, Outgoing outgoing, String self, long pageBytes) {
    List<JsonValue> changes = new ArrayList<>(outgoing.changes().size());
    outgoing.changes().forEach(change -> changes.add(of(change, self)));
    return JsonObject.builder()
        .put("collection", collection.value())
        .put("clientClock", outgoing.clientClock().toString())
        .put("changes", new JsonArray(changes))
        .put("limit", PAGE_DOCUMENTS)
        .put("maxBytes", pageBytes)
        .put("acks", true)
        .put("owners", true)
        .put("onInvalid", "skip")
        .build();
  }

  private static JsonObject of(Outgoing.Change change, String self) {
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
    change.base().ifPresent(base -> json.put("base", base));
    return json.put("owner", change.address().owner().orElse(self)).build();
  }

  /**
   * Reads an answer.
   *
   * @param self whose documents are one's own
   */
  public static Reply reply(JsonValue body, String self) {
    return new Answered(object(body, "the answer"), self).read();
  }

  /** The instance of the server, if an answer names it. */
  static Optional<String> instance(JsonObject json) {
    return json.get("instance") instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  /** The epoch of the server, if an answer names it. */
  static Optional<String> epoch(JsonObject json) {
    return json.get("epoch") instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  private record Answered(JsonObject json, String self) {
    Reply read() {
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
      List<Warning> warnings = new ArrayList<>();
      for (JsonValue one : array(json, "warnings")) {
        warnings.add(warning(object(one, "warnings")));
      }
      return new Reply(
          clock(json, "serverClock"),
          documents,
          acknowledged,
          rejected,
          conflicts,
          flag(json, "more"),
          resync(json.get("resync")),
          json.get("serverTime") instanceof JsonNumber number
              ? OptionalLong.of(number.value().longValue())
              : OptionalLong.empty(),
          warnings);
    }

    private Reply.Told told(JsonObject wire) {
      Reply.Fate fate = Reply.Fate.LIVE;
      if (flag(wire, "_revoked")) {
        fate = Reply.Fate.REVOKED;
      } else if (flag(wire, "_deleted")) {
        fate = Reply.Fate.DELETED;
      }
      HybridTimestamp revision = clock(wire, "_rev");
      JsonObject fields =
          fate == Reply.Fate.LIVE ? StoredForm.withoutProtocol(wire) : JsonObject.EMPTY;
      LeafClocks clocks =
          fate == Reply.Fate.LIVE
              ? LeafClocks.told(fields, clocks(wire.get("_fieldRevs")), revision)
              : LeafClocks.NONE;
      return new Reply.Told(
          address(wire, "_key", wire.get("_owner")), revision, fate, fields, clocks);
    }

    private static Map<String, HybridTimestamp> clocks(@Nullable JsonValue value) {
      Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
      if (value instanceof JsonObject told) {
        for (String path : told.members().keySet()) {
          clocks.put(path, clock(told, path));
        }
      }
      return clocks;
    }

    private ResolvedConflict conflict(JsonObject json) {
      return new ResolvedConflict(
          address(json, "key", json.get("owner")),
          text(json, "field"),
          Optional.ofNullable(json.get("localValue")),
          Optional.ofNullable(json.get("remoteValue")),
          text(json, "winner"),
          Optional.ofNullable(json.get("winnerValue")));
    }

    private Warning warning(JsonObject json) {
      return new Warning(
          text(json, "code"),
          json.get("key") instanceof JsonString
              ? Optional.of(address(json, "key", json.get("owner")))
              : Optional.empty(),
          json.get("field") instanceof JsonString field
              ? Optional.of(field.value())
              : Optional.empty(),
          json);
    }

    private DocumentAddress address(JsonObject json, String name, @Nullable JsonValue owner) {
      String key = text(json, name);
      return owner instanceof JsonString other && !other.value().equals(self)
          ? DocumentAddress.of(other.value(), key)
          : DocumentAddress.own(key);
    }

    /** Earlier servers say true, and mean that they have forgotten on purpose. */
    private static Resync resync(@Nullable JsonValue value) {
      if (value instanceof JsonString why) {
        return why.value().equals("restored") ? Resync.RESTORED : Resync.PURGED;
      }
      return value == JsonBoolean.TRUE ? Resync.PURGED : Resync.NONE;
    }
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
