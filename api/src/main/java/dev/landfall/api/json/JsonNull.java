package dev.landfall.api.json;

/** The value {@code null}, which is not the same as an absent member. */
public enum JsonNull implements JsonValue {
  NULL;

  @Override
  public String type() {
    return "null";
  }

  @Override
  public String toString() {
    return "null";
  }
}
