package dev.landfall.engine.query;

import dev.landfall.api.json.CanonicalText;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** How a condition compares a field with its value. */
public enum Operator {
  /** The same value; numbers by what they are worth, objects and arrays by all that is in them. */
  EQ,
  /** Not {@link #EQ}: another value, or none. */
  NE,
  /** Greater, of the same type. */
  GT,
  /** Greater or equal, of the same type. */
  GTE,
  /** Less, of the same type. */
  LT,
  /** Less or equal, of the same type. */
  LTE,
  /** A string with that in it, or an array with that among its elements. */
  CONTAINS,
  /** A string that begins with that. */
  STARTS_WITH,
  /** One of several values. */
  IN,
  /** None of several values, or missing. */
  NIN,
  /** There, null included; or not there. */
  EXISTS;

  /** The operator of a name on the wire. */
  public static Optional<Operator> named(String name) {
    for (Operator one : values()) {
      if (one.text().equals(name)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /** Its name on the wire. */
  public String text() {
    return this == STARTS_WITH ? "startsWith" : name().toLowerCase(Locale.ROOT);
  }

  /** What is wrong with {@code value} for this operator, if anything. */
  public Optional<String> refuses(JsonValue value) {
    boolean right =
        switch (this) {
          case STARTS_WITH -> value instanceof JsonString;
          case IN, NIN -> value instanceof JsonArray;
          case EXISTS -> value instanceof JsonBoolean;
          default -> true;
        };
    String needed = this == STARTS_WITH ? "a string" : this == EXISTS ? "a boolean" : "an array";
    return right
        ? Optional.empty()
        : Optional.of("of " + text() + " must be " + needed + ", not " + value.type());
  }

  /** Whether the value of a field, empty if it is missing, stands so to {@code value}. */
  Predicate<Optional<JsonValue>> with(JsonValue value) {
    return switch (this) {
      case EQ -> field -> field.isPresent() && field.get().equals(value);
      case NE -> field -> field.isEmpty() || !field.get().equals(value);
      case GT -> compared(value, order -> order > 0);
      case GTE -> compared(value, order -> order >= 0);
      case LT -> compared(value, order -> order < 0);
      case LTE -> compared(value, order -> order <= 0);
      case CONTAINS -> containing(value);
      case STARTS_WITH -> startingWith(value);
      case IN -> among(value);
      case NIN -> among(value).negate();
      case EXISTS -> field -> field.isPresent() == value.equals(JsonBoolean.TRUE);
    };
  }

  private static Predicate<Optional<JsonValue>> compared(JsonValue value, IntPredicate wanted) {
    return field -> {
      OptionalInt order = field.isPresent() ? compare(field.get(), value) : OptionalInt.empty();
      return order.isPresent() && wanted.test(order.getAsInt());
    };
  }

  /** The order of two numbers or two strings; nothing else has one. */
  private static OptionalInt compare(JsonValue a, JsonValue b) {
    if (a instanceof JsonNumber left && b instanceof JsonNumber right) {
      return OptionalInt.of(left.value().compareTo(right.value()));
    }
    if (a instanceof JsonString left && b instanceof JsonString right) {
      return OptionalInt.of(CodePoints.compare(left.value(), right.value()));
    }
    return OptionalInt.empty();
  }

  private static Predicate<Optional<JsonValue>> containing(JsonValue value) {
    Substring part = new Substring(value instanceof JsonString text ? text.value() : "");
    return field -> {
      JsonValue there = field.orElse(JsonBoolean.FALSE);
      if (there instanceof JsonArray array) {
        return array.values().contains(value);
      }
      return there instanceof JsonString text
          && value instanceof JsonString
          && part.isIn(text.value());
    };
  }

  private static Predicate<Optional<JsonValue>> startingWith(JsonValue value) {
    String prefix = value instanceof JsonString text ? text.value() : "";
    return field ->
        field.isPresent()
            && field.get() instanceof JsonString text
            && text.value().startsWith(prefix);
  }

  private static Predicate<Optional<JsonValue>> among(JsonValue value) {
    Set<String> values = new HashSet<>();
    if (value instanceof JsonArray array) {
      array.values().forEach(one -> values.add(CanonicalText.of(one)));
    }
    return field -> field.isPresent() && values.contains(CanonicalText.of(field.get()));
  }
}
