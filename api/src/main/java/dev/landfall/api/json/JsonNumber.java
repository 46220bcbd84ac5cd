package dev.landfall.api.json;

import java.math.BigDecimal;

/**
 * A number, kept as the text it was written in; two are equal if their values are ({@code 1},
 * {@code 1.0}, {@code 1e0}).
 */
public final class JsonNumber implements JsonValue {
  /** The most characters of a number. */
  public static final int MAX_LENGTH = 1000;

  /** The largest exponent, either way. */
  public static final int MAX_EXPONENT = 1000;

  private static final JsonNumber[] SMALL = new JsonNumber[1280];

  static {
    for (int i = 0; i < SMALL.length; i++) {
      SMALL[i] = new JsonNumber(Integer.toString(i - 256));
    }
  }

  private final String text;

  private JsonNumber(String text) {
    this.text = text;
  }

  /** The number {@code value}. */
  public static JsonNumber of(long value) {
    return value >= -256 && value < SMALL.length - 256
        ? SMALL[(int) value + 256]
        : new JsonNumber(Long.toString(value));
  }

  /**
   * The number {@code value}, written without an exponent where that is short.
   *
   * @throws IllegalArgumentException if it is longer or larger than a number may be
   */
  public static JsonNumber of(BigDecimal value) {
    String plain = Math.abs((long) value.scale()) <= 40 ? value.toPlainString() : value.toString();
    return parse(plain);
  }

  /**
   * Reads a number of RFC 8259, section 6.
   *
   * @throws IllegalArgumentException if it is none, has more than 1,000 characters or an exponent
   *     beyond 1,000
   */
  public static JsonNumber parse(String text) {
    if (text.length() <= 3) {
      JsonNumber small = small(text);
      if (small != null) {
        return small;
      }
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a number has at most " + MAX_LENGTH + " characters");
    }
    checkForm(text);
    return new JsonNumber(text);
  }

  private static @org.jspecify.annotations.Nullable JsonNumber small(String text) {
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9 || (i == 0 && digit == 0 && text.length() > 1)) {
        return null;
      }
      value = value * 10 + digit;
    }
    return text.isEmpty() ? null : of(value);
  }

  private static void checkForm(String text) {
    int i = 0;
    int end = text.length();
    if (i < end && text.charAt(i) == '-') {
      i++;
    }
    int integer = digits(text, i);
    boolean wellFormed = integer > i && (integer == i + 1 || text.charAt(i) != '0');
    i = integer;
    if (wellFormed && i < end && text.charAt(i) == '.') {
      int fraction = digits(text, i + 1);
      wellFormed = fraction > i + 1;
      i = fraction;
    }
    if (wellFormed && i < end && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < end && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      int exponent = digits(text, i);
      wellFormed = exponent > i;
      if (wellFormed && exponentTooLarge(text, i, exponent)) {
        throw new IllegalArgumentException("an exponent is at most " + MAX_EXPONENT);
      }
      i = exponent;
    }
    if (!wellFormed || i != end) {
      throw new IllegalArgumentException("not a number");
    }
  }

  private static boolean exponentTooLarge(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to && value <= MAX_EXPONENT; i++) {
      value = value * 10 + text.charAt(i) - '0';
    }
    return value > MAX_EXPONENT;
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** The text it was written in. */
  public String text() {
    return text;
  }

  /** The exact value. */
  public BigDecimal value() {
    return new BigDecimal(text);
  }

  @Override
  public String type() {
    return "a number";
  }

  /**
   * The text of the value: its digits without zeros at either end, and the exponent of the last of
   * them. Made of the characters alone, as arithmetic with a thousand digits is dear.
   */
  String canonical() {
    int mantissaEnd = text.length();
    int exponent = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 'e' || text.charAt(i) == 'E') {
        mantissaEnd = i;
        exponent = Integer.parseInt(text, i + 1, text.length(), 10);
        break;
      }
    }
    StringBuilder digits = new StringBuilder(mantissaEnd);
    boolean fraction = false;
    for (int i = text.charAt(0) == '-' ? 1 : 0; i < mantissaEnd; i++) {
      char c = text.charAt(i);
      if (c == '.') {
        fraction = true;
      } else {
        exponent -= fraction ? 1 : 0;
        if (c != '0' || digits.length() > 0) {
          digits.append(c);
        }
      }
    }
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
      exponent++;
    }
    if (end == 0) {
      return "0";
    }
    digits.setLength(end);
    return (text.charAt(0) == '-' ? "-" : "") + digits + "e" + exponent;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonNumber number
        && (text.equals(number.text) || canonical().equals(number.canonical()));
  }

  @Override
  public int hashCode() {
    return canonical().hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
