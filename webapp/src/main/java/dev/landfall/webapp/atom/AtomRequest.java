package dev.landfall.webapp.atom;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.transit.AtomForm;
import dev.landfall.engine.transit.Transit;
import dev.landfall.engine.transit.TransitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a client writes: {@code {:docs [{:id :value :version :deleted}]}}. */
final class AtomRequest {
  private static final long MAX_VERSION = (1L << 53) - 1;

  private AtomRequest() {}

  /** A document in a request, by the id it has there. */
  record Entry(String id, AtomChange change) {}

  /**
   * The documents in {@code body}, in the form of {@link Transit}.
   *
   * @throws TransitException if it has another shape; it names the place
   */
  static List<Entry> read(JsonValue body) throws TransitException {
    JsonValue docs = body instanceof JsonObject map ? map.get("~:docs") : null;
    if (docs == null) {
      throw new TransitException("must be a map with :docs");
    }
    List<JsonValue> values =
        Transit.sequence(docs)
            .orElseThrow(() -> new TransitException("must be a vector or a list").under("docs"));
    List<Entry> entries = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      try {
        entries.add(entry(values.get(i)));
      } catch (TransitException e) {
        throw e.under(i).under("docs");
      }
    }
    return entries;
  }

  private static Entry entry(JsonValue value) throws TransitException {
    if (!(value instanceof JsonObject map)) {
      throw new TransitException("must be a map");
    }
    boolean deleted = flag(map, "deleted");
    JsonValue content = map.get("~:value");
    if (content == null && !deleted) {
      throw new TransitException("is missing").under("value");
    }
    String id = id(map);
    int colon = id.indexOf(':');
    AtomId place = AtomId.parse(id.substring(colon + 1));
    return new Entry(
        id,
        new AtomChange(
            group(id.substring(0, Math.max(0, colon))),
            place.owner(),
            key(place.key()),
            deleted || content == null ? Optional.empty() : Optional.of(AtomForm.fields(content)),
            version(map)));
  }

  private static String id(JsonObject map) throws TransitException {
    JsonValue given = map.get("~:id");
    if (given == null) {
      throw new TransitException("is missing").under("id");
    }
    try {
      String id = Transit.text(given);
      int colon = id.indexOf(':');
      if (colon < 1 || colon == id.length() - 1) {
        throw new TransitException("must be a group, a colon and a key");
      }
      return id;
    } catch (TransitException e) {
      throw e.under("id");
    }
  }

  private static CollectionName group(String text) throws TransitException {
    try {
      return new CollectionName(text);
    } catch (IllegalArgumentException e) {
      throw new TransitException(String.valueOf(e.getMessage())).under("id");
    }
  }

  /** One that is too long is refused by itself, as documents are that break other limits. */
  private static Optional<DocumentKey> key(String text) throws TransitException {
    try {
      return Optional.of(new DocumentKey(text));
    } catch (IllegalArgumentException e) {
      if (text.codePointCount(0, text.length()) > DocumentKey.MAX_LENGTH) {
        return Optional.empty();
      }
      throw new TransitException(String.valueOf(e.getMessage())).under("id");
    }
  }

  private static long version(JsonObject map) throws TransitException {
    JsonValue given = map.get("~:version");
    if (given == null || given instanceof JsonNull) {
      return 0;
    }
    if (given instanceof JsonNumber number && number.text().matches("\\d{1,16}")) {
      long version = Long.parseLong(number.text());
      if (version <= MAX_VERSION) {
        return version;
      }
    }
    throw new TransitException("must be a whole number from 0").under("version");
  }

  private static boolean flag(JsonObject map, String name) throws TransitException {
    JsonValue given = map.get("~:" + name);
    if (given == null || given instanceof JsonNull) {
      return false;
    }
    if (given instanceof JsonBoolean) {
      return given.equals(JsonBoolean.TRUE);
    }
    throw new TransitException("must be true or false").under(name);
  }
}
