package dev.landfall.engine.document;

import java.util.Locale;

/** For whom a document is there. */
public enum Visibility {
  /** Its owner. */
  PRIVATE,
  /** Its owner and the people it is shared with. */
  SHARED,
  /** The members of one organisation too, in that organisation's context. */
  ORG,
  /** Every signed-in user. */
  PUBLIC;

  /** The name on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException if there is no such visibility
   */
  public static Visibility parse(String text) {
    for (Visibility visibility : values()) {
      if (visibility.text().equals(text)) {
        return visibility;
      }
    }
    throw new IllegalArgumentException("must be private, shared, org or public");
  }
}
