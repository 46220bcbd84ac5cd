package dev.landfall.engine.transfer;

/**
 * Text as it may stand in a cell. A spreadsheet takes some text for a formula and runs it
 * (CWE-1236); an apostrophe in front keeps it text. What programs skip before they look, blanks,
 * separators and quotes, is skipped here too.
 */
public final class SpreadsheetText {
  private static final String FORMULA =
      "=+-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b|";
  private static final String DANGEROUS_FIRST = "\t\r\n";
  private static final String SKIPPED = "\"';,\u00a0\u200b\u2060\ufeff\u3000";

  private static final String IN_NUMBERS = "eE.,:/ +-%";

  private SpreadsheetText() {}

  /**
   * {@code text} as it may stand in a cell. NUL, which cuts text off in some programs, is shown.
   */
  public static String of(String text) {
    String shown = text.indexOf(0) < 0 ? text : text.replace('\0', '\u2400');
    return isRun(text) ? "'" + shown : shown;
  }

  /** Whether a program could take {@code text} for a number, a time or a date. */
  public static boolean isLikeNumber(String text) {
    return !text.isEmpty()
        && text.charAt(0) >= '.'
        && text.chars().anyMatch(SpreadsheetText::isDigit)
        && text.chars().allMatch(c -> isDigit(c) || IN_NUMBERS.indexOf(c) >= 0);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isRun(String text) {
    if (text.isEmpty()) {
      return false;
    }
    if (DANGEROUS_FIRST.indexOf(text.charAt(0)) >= 0 || text.charAt(0) == 0) {
      return true;
    }
    int i = 0;
    while (i < text.length() && isSkipped(text.charAt(i))) {
      i++;
    }
    return i < text.length() && FORMULA.indexOf(text.charAt(i)) >= 0;
  }

  private static boolean isSkipped(char c) {
    return c <= ' ' || Character.isISOControl(c) || SKIPPED.indexOf(c) >= 0;
  }
}
