package dev.landfall.engine.transit;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Map;

/** Takes a Transit message piece by piece. */
public interface TransitSink {
  /** Begins a map with that many entries: for each a key, then a value. */
  void beginMap(int entries);

  /** The key of what follows. */
  void key(String key);

  /** Ends a map. */
  void endMap();

  /** Begins a vector with that many elements. */
  void beginArray(int elements);

  /** Ends a vector. */
  void endArray();

  /** Begins a tagged value; {@code tag} has its mark. */
  void beginTagged(String tag);

  /** Ends a tagged value. */
  void endTagged();

  /** A value that holds no others. */
  void scalar(JsonValue value);

  /** A whole value, in the form of {@link Transit}. */
  default void value(JsonValue value) {
    if (value instanceof JsonObject object) {
      beginMap(object.members().size());
      for (Map.Entry<String, JsonValue> entry : object.members().entrySet()) {
        key(entry.getKey());
        value(entry.getValue());
      }
      endMap();
    } else if (Transit.isTagged(value)) {
      List<JsonValue> both = ((JsonArray) value).values();
      beginTagged(((JsonString) both.get(0)).value());
      value(both.get(1));
      endTagged();
    } else if (value instanceof JsonArray array) {
      beginArray(array.values().size());
      array.values().forEach(this::value);
      endArray();
    } else {
      scalar(value);
    }
  }
}
