package dev.landfall.engine.query;

/**
 * A text that is looked for in others, in time that does not depend on either's pattern (Knuth,
 * Morris and Pratt, 1977).
 */
final class Substring {
  private static final int SHORT = 16;

  private final String text;
  private final int[] borders;

  Substring(String text) {
    this.text = text;
    this.borders = text.length() <= SHORT ? new int[0] : borders(text);
  }

  private static int[] borders(String text) {
    int[] borders = new int[text.length()];
    int length = 0;
    for (int i = 1; i < text.length(); i++) {
      while (length > 0 && text.charAt(i) != text.charAt(length)) {
        length = borders[length - 1];
      }
      if (text.charAt(i) == text.charAt(length)) {
        length++;
      }
      borders[i] = length;
    }
    return borders;
  }

  boolean isIn(String other) {
    if (borders.length == 0) {
      return other.contains(text);
    }
    int matched = 0;
    for (int i = 0; i < other.length(); i++) {
      while (matched > 0 && other.charAt(i) != text.charAt(matched)) {
        matched = borders[matched - 1];
      }
      if (other.charAt(i) == text.charAt(matched)) {
        matched++;
      }
      if (matched == text.length()) {
        return true;
      }
    }
    return false;
  }
}
