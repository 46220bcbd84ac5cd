package dev.landfall.engine.text;

import java.text.Normalizer;

/**
 * How a line is written, apart from what it says: its white space at the end, a carriage return
 * included, and the Unicode normal form of its characters (UAX 15). An editor or a keyboard changes
 * these for a whole text without its user having edited a line.
 */
final class Writing {

  /**
   * The most combining marks in a row that are brought into normal form (the bound of the
   * stream-safe text format, UAX 15, section 13); ordering longer rows would cost their square.
   */
  private static final int MAX_MARKS = 30;

  private Writing() {}

  /** What the line says: the same for all ways to write it. */
  static String wording(String line) {
    String said = line.stripTrailing();
    return isPlain(said) ? said : Normalizer.normalize(said, Normalizer.Form.NFC);
  }

  /**
   * The line as the side has it that wrote it anew; where both did, each part by itself, and the
   * lesser string of two that are both new.
   */
  static String merge(String base, String local, String remote) {
    return part(base.stripTrailing(), local.stripTrailing(), remote.stripTrailing())
        + part(end(base), end(local), end(remote));
  }

  /** The same without a base. */
  static String merge(String local, String remote) {
    return lesser(local.stripTrailing(), remote.stripTrailing()) + lesser(end(local), end(remote));
  }

  private static String lesser(String one, String other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String part(String base, String local, String remote) {
    if (remote.equals(base)) {
      return local;
    }
    return local.equals(base) ? remote : lesser(local, remote);
  }

  private static String end(String line) {
    return line.substring(line.stripTrailing().length());
  }

  /** Whether the text is its own normal form, or counts as that because of {@link #MAX_MARKS}. */
  private static boolean isPlain(String text) {
    int marks = 0;
    boolean ascii = true;
    for (int i = 0; i < text.length() && marks <= MAX_MARKS; ) {
      int character = text.codePointAt(i);
      ascii &= character < 0x80;
      marks = isMark(character) ? marks + 1 : 0;
      i += Character.charCount(character);
    }
    return ascii || marks > MAX_MARKS;
  }

  static boolean isMark(int character) {
    int type = Character.getType(character);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }
}
