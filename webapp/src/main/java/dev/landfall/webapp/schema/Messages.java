package dev.landfall.webapp.schema;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a value that does not match. It tells what the schema wants, and nothing of the
 * value.
 */
final class Messages {
  private Messages() {}

  /**
   * The message for a keyword.
   *
   * @param keyword null where the schema is {@code false}
   * @param limit what the schema says at that keyword, if that is known
   */
  static String of(@Nullable String keyword, @Nullable JsonValue limit) {
    String value =
        limit instanceof JsonNumber || limit instanceof JsonString ? " " + plain(limit) : "";
    return switch (keyword == null ? "false" : keyword) {
      case "required" -> "is missing";
      case "type" -> limit == null ? "has the wrong type" : "must be of type " + types(limit);
      case "minimum" -> "must be at least" + value;
      case "maximum" -> "must be at most" + value;
      case "exclusiveMinimum" -> "must be greater than" + value;
      case "exclusiveMaximum" -> "must be less than" + value;
      case "multipleOf" -> "must be a multiple of" + value;
      case "minLength" -> "must have at least" + value + " characters";
      case "maxLength" -> "must have at most" + value + " characters";
      case "pattern" -> "must match the pattern" + value;
      case "minItems" -> "must have at least" + value + " elements";
      case "maxItems" -> "must have at most" + value + " elements";
      case "uniqueItems" -> "must have no element twice";
      case "minProperties" -> "must have at least" + value + " members";
      case "maxProperties" -> "must have at most" + value + " members";
      case "contains", "minContains", "maxContains" -> "does not contain what it must";
      case "enum" -> "must be one of the allowed values";
      case "const" -> "must be the allowed value";
      case "anyOf" -> "must match one of several schemas";
      case "oneOf" -> "must match exactly one of several schemas";
      case "not" -> "must not match a schema";
      case "dependentRequired" -> "needs another member beside it";
      case "false" -> "is not allowed";
      default -> "does not match the schema";
    };
  }

  private static String plain(JsonValue value) {
    return value instanceof JsonString text ? text.value() : value.toString();
  }

  private static String types(JsonValue type) {
    if (type instanceof JsonArray several) {
      StringBuilder names = new StringBuilder();
      for (JsonValue name : several.values()) {
        names.append(names.isEmpty() ? "" : " or ").append(plain(name));
      }
      return names.toString();
    }
    return plain(type);
  }
}
