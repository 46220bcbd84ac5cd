package dev.landfall.engine.people;

import java.text.Normalizer;

/**
 * What somebody is called.
 *
 * @param value 1 to 100 characters of plain text on one line, composed (NFC), without space around;
 *     no control characters, nor what changes the direction of what stands behind it
 */
public record DisplayName(String value) {
  /** The most characters. */
  public static final int MAX = 100;

  public DisplayName {
    value = Normalizer.normalize(value, Normalizer.Form.NFC).strip();
    if (value.isEmpty()
        || value.codePointCount(0, value.length()) > MAX
        || value.codePoints().anyMatch(DisplayName::isRefused)) {
      throw new IllegalArgumentException(
          "must be 1 to " + MAX + " characters on one line, without control characters");
    }
  }

  private static boolean isRefused(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // Joiners are part of some scripts and of emoji.
      case Character.FORMAT -> c != 0x200c && c != 0x200d && !isTag(c);
      default -> false;
    };
  }

  /** What flags of regions are made of. */
  private static boolean isTag(int c) {
    return c >= 0xe0020 && c <= 0xe007f;
  }

  @Override
  public String toString() {
    return value;
  }
}
