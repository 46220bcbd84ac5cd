package dev.landfall.api.json;

import java.util.List;

/**
 * An array.
 *
 * @param values its elements, in order
 */
public record JsonArray(List<JsonValue> values) implements JsonValue {
  /** The array without elements. */
  public static final JsonArray EMPTY = new JsonArray(List.of());

  public JsonArray {
    values = List.copyOf(values);
  }

  @Override
  public String type() {
    return "an array";
  }

  @Override
  public String toString() {
    return JsonText.print(this);
  }
}
