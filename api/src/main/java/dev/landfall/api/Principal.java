package dev.landfall.api;

/** Somebody who can be allowed to read: a user, an organisation's members, or everybody. */
public sealed interface Principal permits Owner, Everybody {
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
    return Owner.parse(text);
  }
}
