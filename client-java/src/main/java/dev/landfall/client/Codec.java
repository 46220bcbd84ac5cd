package dev.landfall.client;

import dev.landfall.api.json.JsonObject;
import java.util.function.Function;

/**
 * What a document is in an application. Fields that {@code T} does not know are kept: only what
 * differs between two encoded values is an edit.
 *
 * @param <T> immutable, with a sensible {@code equals}
 */
public interface Codec<T> {
  /** The identity. */
  Codec<JsonObject> JSON = of(Function.identity(), Function.identity());

  /**
   * The value of a document.
   *
   * @throws IllegalArgumentException if it is none; the document is left out of the atom's value,
   *     and is not touched
   */
  T decode(JsonObject document);

  /** The document of a value. Top-level fields that start with {@code _} are left out. */
  JsonObject encode(T value);

  /** Out of two functions. */
  static <T> Codec<T> of(Function<JsonObject, T> decode, Function<T, JsonObject> encode) {
    return new Codec<>() {
      @Override
      public T decode(JsonObject document) {
        return decode.apply(document);
      }

      @Override
      public JsonObject encode(T value) {
        return encode.apply(value);
      }
    };
  }
}
