package dev.landfall.api;

import java.util.Comparator;

/** The order of the code points of strings, in which UTF-8 is and UTF-16 is not. */
public final class CodePointOrder {
  /** For strings without lone surrogates, as all names are. */
  public static final Comparator<String> OF_NAMES = CodePointOrder::compare;

  private CodePointOrder() {}

  /** {@link String#compareTo} with surrogates, which stand for the highest code points, last. */
  private static int compare(String one, String other) {
    int end = Math.min(one.length(), other.length());
    for (int i = 0; i < end; i++) {
      char left = one.charAt(i);
      char right = other.charAt(i);
      if (left != right) {
        boolean isBeyond = Character.isSurrogate(left);
        return isBeyond == Character.isSurrogate(right)
            ? Character.compare(left, right)
            : isBeyond ? 1 : -1;
      }
    }
    return Integer.compare(one.length(), other.length());
  }
}
