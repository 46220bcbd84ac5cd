package dev.landfall.engine.query;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.Optional;

/**
 * What of a value decides where it comes in an order: nothing before null before false before true
 * before numbers before strings before arrays and objects, which have no order among themselves,
 * nor have strings that differ only after their first {@value #MAX_LENGTH} code points.
 *
 * @param value empty if it is missing
 */
record SortValue(Optional<JsonValue> value) implements Comparable<SortValue> {
  static final int MAX_LENGTH = 256;

  private static final JsonValue STRUCTURE = JsonArray.EMPTY;

  /** What decides of {@code value}. */
  static SortValue of(Optional<JsonValue> value) {
    return new SortValue(value.map(SortValue::decisive));
  }

  private static JsonValue decisive(JsonValue value) {
    if (value instanceof JsonString text) {
      return new JsonString(CodePoints.first(text.value(), MAX_LENGTH));
    }
    boolean simple =
        value instanceof JsonNumber || value instanceof JsonBoolean || value == JsonNull.NULL;
    return simple ? value : STRUCTURE;
  }

  @Override
  public int compareTo(SortValue other) {
    int order = Integer.compare(rank(), other.rank());
    if (order != 0 || value.isEmpty() || other.value.isEmpty()) {
      return order;
    }
    JsonValue a = value.get();
    JsonValue b = other.value.get();
    if (a instanceof JsonNumber left && b instanceof JsonNumber right) {
      return left.value().compareTo(right.value());
    }
    return a instanceof JsonString left && b instanceof JsonString right
        ? CodePoints.compare(left.value(), right.value())
        : 0;
  }

  private int rank() {
    if (value.isEmpty()) {
      return 0;
    }
    JsonValue there = value.get();
    if (there == JsonNull.NULL) {
      return 1;
    }
    if (there instanceof JsonBoolean) {
      return there.equals(JsonBoolean.TRUE) ? 3 : 2;
    }
    return there instanceof JsonNumber ? 4 : there instanceof JsonString ? 5 : 6;
  }
}
