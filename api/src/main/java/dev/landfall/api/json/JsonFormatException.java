package dev.landfall.api.json;

/**
 * A text that is not JSON, or breaks a limit. The message is safe to show: it holds nothing of the
 * text.
 */
public final class JsonFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With a message that is a plain English sentence without a full stop. */
  public JsonFormatException(String message) {
    super(message);
  }
}
