package dev.landfall.api.json;

/**
 * A text that is not JSON, or breaks a limit. The message is safe to show: it holds nothing of the
 * text. The place does.
 */
public final class JsonFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String place;

  /** With a message that is a plain English sentence without a full stop. */
  public JsonFormatException(String message) {
    this("", message);
  }

  /** The same at a place in the text. */
  JsonFormatException(String place, String message) {
    super(message);
    this.place = place;
  }

  /**
   * Where in the text, as {@code changes[3].doc}: names of the text as they are, its beginning if
   * it is long. Empty if that is not known.
   */
  public String place() {
    return place;
  }
}
