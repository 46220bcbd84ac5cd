package dev.landfall.engine.erasure;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.DirectoryRecord;
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

  static OptionalLong optionalNumber(DirectoryRecord record, String member) {
    try {
      return JsonText.parse(record.content().toArray()) instanceof JsonObject content
              && content.get(member) instanceof JsonNumber number
          ? OptionalLong.of(number.value().longValueExact())
          : OptionalLong.empty();
    } catch (JsonFormatException e) {
      throw new IllegalStateException("a record of kind " + record.kind() + " is damaged", e);
    }
  }
}
