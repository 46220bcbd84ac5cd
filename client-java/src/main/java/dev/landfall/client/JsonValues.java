package dev.landfall.client;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** JSON values of what an application says in a query or a patch. */
final class JsonValues {
  private JsonValues() {}

  /**
   * The JSON value.
   *
   * @throws IllegalArgumentException if there is none
   */
  static JsonValue of(@Nullable Object value) {
    if (value == null) {
      return JsonNull.NULL;
    }
    if (value instanceof JsonValue json) {
      return json;
    }
    if (value instanceof Boolean truth) {
      return JsonBoolean.of(truth);
    }
    if (value instanceof Enum<?> constant) {
      return new JsonString(constant.name());
    }
    if (value instanceof CharSequence
        || value instanceof Character
        || value instanceof TemporalAccessor
        || value instanceof TemporalAmount
        || value instanceof UUID) {
      return new JsonString(value.toString());
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Collection<?> elements) {
      return new JsonArray(elements.stream().map(JsonValues::of).toList());
    }
    throw new IllegalArgumentException(
        "a " + value.getClass().getName() + " is no value of a field; give it as JSON");
  }

  private static JsonValue number(Number number) {
    if (number instanceof BigDecimal exact) {
      return JsonNumber.of(exact);
    }
    if (number instanceof BigInteger exact) {
      return JsonNumber.of(new BigDecimal(exact));
    }
    if (number instanceof Double || number instanceof Float) {
      double real = number.doubleValue();
      if (Double.isNaN(real) || Double.isInfinite(real)) {
        throw new IllegalArgumentException(number + " is no number in JSON");
      }
      return JsonNumber.of(new BigDecimal(number.toString()));
    }
    return JsonNumber.of(number.longValue());
  }
}
