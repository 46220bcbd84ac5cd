package dev.landfall.engine.erasure;

import dev.landfall.api.json.JsonFormatException;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.DirectoryRecord;

/** What records of this package hold. */
final class Content {
  private Content() {}

  static long number(DirectoryRecord record, String member) {
    try {
      if (JsonText.parse(record.content().toArray()) instanceof JsonObject content
          && content.get(member) instanceof JsonNumber number) {
        return number.value().longValueExact();
      }
    } catch (JsonFormatException e) {
      // told below
    }
    throw new IllegalStateException("a record of kind " + record.kind() + " without " + member);
  }
}
