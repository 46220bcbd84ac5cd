package dev.landfall.api;

/**
 * Whose feeds there are: those of who can be allowed to read, a user, an organisation's members or
 * everybody, and registers.
 */
public sealed interface Principal permits Owner, Everybody, Register {
  /** A text that no other principal has, of ASCII letters, digits and {@code . _ ~ - :}. */
  String text();

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException if it names no principal
   */
  static Principal parse(String text) {
    if (text.equals(Everybody.EVERYBODY.text())) {
      return Everybody.EVERYBODY;
    }
    if (Register.isText(text)) {
      return Register.parse(text);
    }
    return Owner.parse(text);
  }
}
