package dev.landfall.engine.erasure;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.DirectoryRecord;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What records of this package hold. */
final class Content {
  private Content() {}

  static long number(DirectoryRecord record, String member) {
    return optionalNumber(record, member)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "a record of kind " + record.kind() + " without " + member));
  }

  /** The numbers of an array, none if it is not there. */
  static List<Long> numbers(DirectoryRecord record, String member) {
    return members(record).get(member) instanceof JsonArray array
        ? array.values().stream()
            .map(value -> ((JsonNumber) value).value().longValueExact())
            .toList()
        : List.of();
  }

  /** Everything that a record holds. */
  static Map<String, JsonValue> members(DirectoryRecord record) {
    try {
      return ((JsonObject) JsonText.parse(record.content().toArray())).members();
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a record of kind " + record.kind() + " is damaged", e);
    }
  }

  static OptionalLong optionalNumber(DirectoryRecord record, String member) {
    return members(record).get(member) instanceof JsonNumber number
        ? OptionalLong.of(number.value().longValueExact())
        : OptionalLong.empty();
  }
}
