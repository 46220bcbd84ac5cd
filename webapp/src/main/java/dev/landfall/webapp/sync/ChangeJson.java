package dev.landfall.webapp.sync;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sync.Change;
import dev.landfall.webapp.http.Members;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A change on the wire: {@code {key, doc, fieldRevs, baseClock, base?, deleted?, owner?}}. */
final class ChangeJson {
  private static final int SPARE_CLOCKS = 1_000;

  private ChangeJson() {}

  /** Reads a change at {@code place} of the body. */
  static Change read(String place, JsonValue json) {
    Members members = Members.at(place, json);
    DocumentKey key = members.string("key", DocumentKey::new);
    Optional<JsonObject> fields = fields(members);
    Map<String, HybridTimestamp> stamps = stamps(members, fields);
    HybridTimestamp baseClock = members.clock("baseClock");
    Optional<JsonObject> base =
        members.isAbsent("base") ? Optional.empty() : Optional.of(object(members, "base"));
    Optional<String> owner =
        members.isAbsent("owner")
            ? Optional.empty()
            : Optional.of(members.string("owner", UserId::new).value());
    return new Change(key, fields, stamps, baseClock, base, owner);
  }

  private static Optional<JsonObject> fields(Members members) {
    if (members.flag("deleted") || members.raw("doc") == JsonNull.NULL) {
      return Optional.empty();
    }
    return Optional.of(object(members, "doc"));
  }

  private static JsonObject object(Members members, String name) {
    JsonValue value = members.raw(name);
    if (value instanceof JsonObject object) {
      return StoredForm.withoutProtocol(object);
    }
    throw members.wrong(
        name, value == null ? "is missing" : "must be an object, not " + value.type());
  }

  private static Map<String, HybridTimestamp> stamps(Members members, Optional<JsonObject> fields) {
    JsonValue value = members.raw("fieldRevs");
    if (!(value instanceof JsonObject entries)) {
      throw members.wrong(
          "fieldRevs", value == null ? "is missing" : "must be an object, not " + value.type());
    }
    int count = entries.members().size();
    if (count > SPARE_CLOCKS) {
      int max = 2 * fields.map(ChangeJson::leaves).orElse(0) + SPARE_CLOCKS;
      if (count > max) {
        throw members.wrong("fieldRevs", "has more entries than the document can need, " + max);
      }
    }
    Map<String, HybridTimestamp> stamps = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> entry : entries.members().entrySet()) {
      if (!entry.getKey().startsWith("_")) {
        stamps.put(entry.getKey(), clock(members, entry));
      }
    }
    if (fields.isEmpty() && !stamps.containsKey("")) {
      throw members.wrong("fieldRevs", "a deletion needs its clock under the name \"\"");
    }
    return stamps;
  }

  private static HybridTimestamp clock(Members members, Map.Entry<String, JsonValue> entry) {
    String problem = "must be a string, not " + entry.getValue().type();
    if (entry.getValue() instanceof JsonString text) {
      try {
        return HybridTimestamp.parse(text.value());
      } catch (IllegalArgumentException e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    throw SyncException.badRequest(
        members.place("fieldRevs") + "." + Members.echo(entry.getKey()), problem);
  }

  private static int leaves(JsonValue value) {
    if (!(value instanceof JsonObject object) || object.isEmpty()) {
      return 1;
    }
    int leaves = 0;
    for (JsonValue member : object.members().values()) {
      leaves += member instanceof JsonArray ? 1 : leaves(member);
    }
    return leaves;
  }
}
