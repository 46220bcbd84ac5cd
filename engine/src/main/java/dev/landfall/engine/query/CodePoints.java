package dev.landfall.engine.query;

/** Strings in the order of their code points, in which UTF-8 is and UTF-16 is not. */
final class CodePoints {
  private CodePoints() {}

  static int compare(String a, String b) {
    int end = Math.min(a.length(), b.length());
    for (int i = 0; i < end; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        boolean pairLeft = isHalf(a, i);
        boolean pairRight = isHalf(b, i);
        if (pairLeft != pairRight) {
          return pairLeft ? 1 : -1;
        }
        return Character.compare(left, right);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Whether a code point beyond the first 65,536 stands here. A lone surrogate is below those. */
  private static boolean isHalf(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c) && at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }

  /** At most the first {@code max} code points of {@code text}. */
  static String first(String text, int max) {
    return text.length() <= max || text.codePointCount(0, text.length()) <= max
        ? text
        : text.substring(0, text.offsetByCodePoints(0, max));
  }
}
