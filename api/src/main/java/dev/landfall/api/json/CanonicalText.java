package dev.landfall.api.json;

import java.util.TreeMap;

/**
 * A text that values have in common if they are equal, and only then. To be the key in tables of
 * values that somebody else has chosen: values made to have one hash code are then a search in a
 * tree, as all strings are, and not in a list.
 */
public final class CanonicalText {
  private CanonicalText() {}

  /** The text of {@code value}. */
  public static String of(JsonValue value) {
    if (value instanceof JsonString text) {
      return '"' + text.value(); // nothing follows, so nothing has to be escaped
    }
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonValue value, StringBuilder out) {
    if (value instanceof JsonObject object) {
      out.append('{');
      new TreeMap<>(object.members())
          .forEach(
              (name, member) -> {
                out.append(new JsonString(name)).append(':');
                write(member, out);
                out.append(',');
              });
      out.append('}');
    } else if (value instanceof JsonArray array) {
      out.append('[');
      for (JsonValue element : array.values()) {
        write(element, out);
        out.append(',');
      }
      out.append(']');
    } else if (value instanceof JsonNumber number) {
      out.append(number.canonical());
    } else {
      out.append(value);
    }
  }
}
