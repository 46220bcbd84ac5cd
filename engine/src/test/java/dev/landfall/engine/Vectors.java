package dev.landfall.engine;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Input and output vectors, shared by all implementations of the protocol. */
public final class Vectors {
  private Vectors() {}

  /** The vectors in {@code vectors/<name>.json}. */
  public static List<JsonObject> read(String name) {
    try (InputStream in =
        Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name + ".json"))) {
      return ((JsonArray) JsonText.parse(in))
          .values().stream().map(JsonObject.class::cast).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JsonFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A member that is an object. */
  public static JsonObject object(JsonObject vector, String name) {
    return (JsonObject) member(vector, name);
  }

  /** A member that is a string. */
  public static String text(JsonObject vector, String name) {
    return ((JsonString) member(vector, name)).value();
  }

  /** A member that is a clock. */
  public static HybridTimestamp clock(JsonObject vector, String name) {
    return HybridTimestamp.parse(text(vector, name));
  }

  /** A member that is a whole number. */
  public static long number(JsonObject vector, String name) {
    return ((JsonNumber) member(vector, name)).value().longValueExact();
  }

  /** The clocks in a member, by path. */
  public static Map<String, HybridTimestamp> clocks(JsonObject vector, String name) {
    Map<String, HybridTimestamp> clocks = new LinkedHashMap<>();
    object(vector, name)
        .members()
        .forEach(
            (path, clock) -> clocks.put(path, HybridTimestamp.parse(((JsonString) clock).value())));
    return clocks;
  }

  /** A JSON object from its text. */
  public static JsonObject json(String text) {
    try {
      return (JsonObject) JsonText.parse(text.replace('\'', '"'));
    } catch (JsonFormatException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static JsonValue member(JsonObject vector, String name) {
    return Objects.requireNonNull(vector.get(name), name);
  }
}
