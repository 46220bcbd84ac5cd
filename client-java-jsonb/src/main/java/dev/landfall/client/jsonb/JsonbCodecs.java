package dev.landfall.client.jsonb;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.client.Codec;
import dev.landfall.client.Codecs;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;

/**
 * Codecs by the JSON-B implementation that is there: records and beans, {@code java.time} as texts,
 * sealed types that say with {@code @JsonbTypeInfo} how they are told apart. Fields that a class
 * does not know are left out of it and stay in the document.
 */
public final class JsonbCodecs implements Codecs {
  private final Jsonb jsonb;

  /** With an own {@link Jsonb}. */
  public JsonbCodecs() {
    this(JsonbBuilder.create(new JsonbConfig()));
  }

  /** With one of the application's. */
  public JsonbCodecs(Jsonb jsonb) {
    this.jsonb = jsonb;
  }

  @Override
  public <T> Codec<T> of(Class<T> type) {
    return Codec.of(document -> decode(document, type), value -> encode(value, type));
  }

  private <T> T decode(JsonObject document, Class<T> type) {
    try {
      T value = jsonb.fromJson(JsonText.print(document), type);
      if (value == null) {
        throw new IllegalArgumentException("not a " + type.getName());
      }
      return value;
    } catch (JsonbException e) {
      throw new IllegalArgumentException("not a " + type.getName(), e);
    }
  }

  private JsonObject encode(Object value, Class<?> type) {
    try {
      if (JsonText.parse(jsonb.toJson(value, type)) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonbException | JsonFormatException e) {
      throw new IllegalArgumentException(type.getName() + " cannot be written", e);
    }
    throw new IllegalArgumentException(type.getName() + " is no object in JSON");
  }
}
