package dev.landfall.engine.directory;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A record as the directory has it. Members are read as what they were written as; what is missing
 * means that the record is damaged.
 */
public record Kept(String kind, String name, long version, JsonObject content) {
  /** A text that must be there. */
  public String text(String member) {
    return optionalText(member).orElseThrow(() -> without(member));
  }

  /** A text. */
  public Optional<String> optionalText(String member) {
    return content.get(member) instanceof JsonString text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  /** A whole number that must be there. */
  public long number(String member) {
    return optionalNumber(member).orElseThrow(() -> without(member));
  }

  /** A whole number. */
  public OptionalLong optionalNumber(String member) {
    return content.get(member) instanceof JsonNumber number
        ? OptionalLong.of(number.value().longValueExact())
        : OptionalLong.empty();
  }

  /** Whether a member is true. */
  public boolean flag(String member) {
    return content.get(member) == JsonBoolean.TRUE;
  }

  /** The objects of an array, none if it is not there. */
  public List<JsonObject> objects(String member) {
    return content.get(member) instanceof JsonArray array
        ? array.values().stream().map(value -> object(value, member)).toList()
        : List.of();
  }

  private JsonObject object(JsonValue value, String member) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw without(member);
  }

  /** What stands behind the first slash of the name. */
  public String second() {
    return name.substring(name.indexOf('/') + 1);
  }

  private IllegalStateException without(String member) {
    return new IllegalStateException("a record of kind " + kind + " without " + member);
  }
}
