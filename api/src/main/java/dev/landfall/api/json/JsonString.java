package dev.landfall.api.json;

/**
 * A text.
 *
 * @param value any characters; a lone surrogate is kept and written as an escape
 */
public record JsonString(String value) implements JsonValue, Comparable<JsonString> {
  @Override
  public int compareTo(JsonString other) {
    return value.compareTo(other.value);
  }

  @Override
  public String type() {
    return "a string";
  }

  @Override
  public String toString() {
    return JsonText.print(this);
  }
}
