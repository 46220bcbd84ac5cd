package dev.landfall.engine.people;

/** Who finds somebody. */
public enum Findable {
  /** Those with whom they share something, by their id. */
  NOBODY("nobody"),
  /** Whoever knows an address of theirs, too. */
  EMAIL("email");

  private final String text;

  Findable(String text) {
    this.text = text;
  }

  /** The name on the wire. */
  public String text() {
    return text;
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Findable parse(String text) {
    for (Findable findable : values()) {
      if (findable.text.equals(text)) {
        return findable;
      }
    }
    throw new IllegalArgumentException("must be \"nobody\" or \"email\"");
  }
}
