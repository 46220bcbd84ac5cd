package dev.landfall.api.json;

/**
 * A JSON value. Values are immutable; equality is that of JSON: numbers by their value, objects
 * without order.
 */
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {
  /** The name of its type in plain English, for messages. */
  String type();
}
