package dev.landfall.api;

/** Checks that names of all kinds have in common. */
final class Names {
  private Names() {}

  /** {@code text}, if it has 1 to {@code max} code points and no NUL and no lone surrogate. */
  static String checked(String what, String text, int max) {
    if (text.isEmpty() || text.length() > 2 * max || text.codePointCount(0, text.length()) > max) {
      throw new IllegalArgumentException(what + " has 1 to " + max + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new IllegalArgumentException(what + " has no NUL character");
      }
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!paired) {
          throw new IllegalArgumentException(what + " has no lone surrogate");
        }
        i++;
      }
    }
    return text;
  }

  /** {@code text}, if it is an identifier of 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}. */
  static String identifier(String what, String text) {
    if (text.isEmpty() || text.length() > 128) {
      throw new IllegalArgumentException(what + " has 1 to 128 characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || c == '-'
              || c == '.'
              || c == '_'
              || c == '~';
      if (!allowed) {
        throw new IllegalArgumentException(what + " is made of A-Z a-z 0-9 . _ ~ -");
      }
    }
    return text;
  }

  /** A segment of a joined text in which {@code :} separates: {@code %} and {@code :} escaped. */
  static String segment(String text) {
    return text.replace("%", "%25").replace(":", "%3A");
  }
}
