package dev.landfall.api.json;

/** {@code true} or {@code false}. */
public enum JsonBoolean implements JsonValue {
  TRUE,
  FALSE;

  /** The value for {@code value}. */
  public static JsonBoolean of(boolean value) {
    return value ? TRUE : FALSE;
  }

  /** This as a primitive. */
  public boolean value() {
    return this == TRUE;
  }

  @Override
  public String type() {
    return "a boolean";
  }

  @Override
  public String toString() {
    return this == TRUE ? "true" : "false";
  }
}
