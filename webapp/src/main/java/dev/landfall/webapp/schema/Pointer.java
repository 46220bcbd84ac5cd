package dev.landfall.webapp.schema;

import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON Pointer, RFC 6901. */
final class Pointer {
  private Pointer() {}

  /** The value at a place; null if there is no such place. */
  static @Nullable JsonValue find(JsonValue root, String pointer) {
    JsonValue at = root;
    if (pointer.isEmpty()) {
      return at;
    }
    for (String token : pointer.substring(1).split("/", -1)) {
      String name = token.replace("~1", "/").replace("~0", "~");
      JsonValue next = null;
      if (at instanceof JsonObject object) {
        next = object.get(name);
        if (next == null && name.indexOf('%') >= 0) {
          next = object.get(decode(name));
        }
      } else if (at instanceof JsonArray array && name.matches("\\d{1,9}")) {
        int index = Integer.parseInt(name);
        next = index < array.values().size() ? array.values().get(index) : null;
      }
      if (next == null) {
        return null;
      }
      at = next;
    }
    return at;
  }

  private static String decode(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }
}
