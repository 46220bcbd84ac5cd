package dev.landfall.webapp.schema;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;

/**
 * How much one check against a schema may still cost, in steps and in what is noted down on the
 * way. A schema that refers to itself can make a document of a few bytes cost any amount of both.
 * For one thread.
 */
final class CheckEffort {
  private static final long FREE_STEPS = 20_000;
  private static final long STEPS_A_VALUE = 100;
  private static final long MAX_STEPS = 5_000_000;
  private static final int MAX_NOTES = 200_000;

  /** So many characters of a string are looked at in the time of a step. */
  private static final int CHARACTERS_A_STEP = 64;

  private long steps;
  private int notes;

  private CheckEffort(long steps, int notes) {
    this.steps = steps;
    this.notes = notes;
  }

  /** For schemas, which are the operator's. */
  static CheckEffort unlimited() {
    return new CheckEffort(Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** For a document: the more there is in it, the more. */
  static CheckEffort of(JsonValue document) {
    return new CheckEffort(
        Math.min(FREE_STEPS + STEPS_A_VALUE * values(document), MAX_STEPS), MAX_NOTES);
  }

  /**
   * Counts that a keyword is applied to {@code value}.
   *
   * @throws TooCostlyException if it is one too many
   */
  void apply(JsonValue value) {
    steps -= 1 + direct(value);
    if (steps < 0) {
      throw new TooCostlyException();
    }
  }

  /**
   * Counts that something is noted down: an error, or what a keyword says to others.
   *
   * @throws TooCostlyException if it is one too many
   */
  void note() {
    if (notes-- <= 0) {
      throw new TooCostlyException();
    }
  }

  private static long direct(JsonValue value) {
    if (value instanceof JsonObject object) {
      return object.members().size();
    }
    if (value instanceof JsonArray array) {
      return array.values().size();
    }
    return value instanceof JsonString text ? text.value().length() / CHARACTERS_A_STEP : 0;
  }

  private static long values(JsonValue value) {
    long count = 1 + direct(value);
    if (value instanceof JsonObject object) {
      for (JsonValue member : object.members().values()) {
        count += values(member);
      }
    } else if (value instanceof JsonArray array) {
      for (JsonValue element : array.values()) {
        count += values(element);
      }
    }
    return count;
  }

  /** The check costs more than it may. */
  static final class TooCostlyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooCostlyException() {
      super("the check against the schema costs more than it may", null, false, false);
    }
  }
}
