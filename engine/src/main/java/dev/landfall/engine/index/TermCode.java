package dev.landfall.engine.index;

import dev.landfall.api.Sha256;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.engine.document.LeafPath;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Words and values as terms. A string keeps its order by code points and its prefixes: each byte of
 * its UTF-8 that is a visible character below <code>{</code> stands for itself, the others for
 * their two hexadecimal digits behind {@code !} or <code>{</code>. {@code ~}, which no string
 * becomes, ends a path. A term that gets too long is cut, and numbers are rounded to the nearest
 * double, behind which stands whether they are its decimal number, below it or above: values that
 * become the same are told apart by looking at the documents.
 */
public final class TermCode {
  /** Before the terms of words. */
  static final String WORD = "w";

  /** Before the terms of the values of fields. */
  public static final String FIELD = "f";

  /** Before the terms of the elements of arrays. */
  public static final String ELEMENT = "e";

  /** Stands for all the words of a document that has too many. */
  public static final String TOO_MANY_WORDS = "~w";

  /** Stands for all the values of a document that has too many. */
  public static final String TOO_MANY_VALUES = "~f";

  /** Instead of a value that is missing; before all of them. */
  public static final String MISSING = "-";

  public static final String NULL = "0";
  public static final String ARRAY = "a";
  public static final String BOOLEAN = "b";
  public static final String NUMBER = "n";
  public static final String OBJECT = "o";

  /** Before a string. */
  public static final String STRING = "s";

  /** Changes when the same document has other terms than before. */
  static final String VERSION = "3";

  private static final String BELOW = "b";
  private static final String EXACT = "e";
  private static final String ABOVE = "f";

  private static final char END_OF_PATH = '~';
  private static final char LOW = '!';
  private static final char HIGH = '{';
  private static final char[] HEX = "0123456789abcdef".toCharArray();
  private static final int MAX_PATH = 64;
  private static final int MAX_BYTES = 4;

  private TermCode() {}

  /** The term of a word, or what the terms of all words start with that it is the start of. */
  public static String word(String word) {
    return cut(WORD.concat(isPlain(word) ? word : text(word)));
  }

  /** What all terms of {@code kind} for a field start with. */
  public static String field(String kind, LeafPath path) {
    String name = text(path.text());
    return kind + (name.length() <= MAX_PATH ? name : "}" + hash(path.text())) + END_OF_PATH;
  }

  /** What all terms in {@code range} start with, if a document has no more than one of them. */
  public static Optional<String> onlyOne(TermRange range) {
    int end = range.from().indexOf(END_OF_PATH) + 1;
    String field = range.from().substring(0, end);
    return field.startsWith(FIELD) && range.to().startsWith(field)
        ? Optional.of(field)
        : Optional.empty();
  }

  /** The term of a value of a field. */
  public static String value(String field, JsonValue value) {
    return cut(field + value(value));
  }

  /** The term of a value of a field, or of there being none. */
  public static String orMissing(String field, Optional<JsonValue> value) {
    return value.map(there -> value(field, there)).orElse(field + MISSING);
  }

  private static String value(JsonValue value) {
    if (value instanceof JsonNumber number) {
      return NUMBER + number(number);
    }
    if (value instanceof JsonString string) {
      return STRING + text(string.value());
    }
    if (value instanceof JsonBoolean) {
      return BOOLEAN + (value.equals(JsonBoolean.TRUE) ? "t" : "f");
    }
    return value instanceof JsonArray ? ARRAY : value instanceof JsonObject ? OBJECT : NULL;
  }

  /** What the terms of all values of the same type as {@code value} start with. */
  public static String sameType(String field, JsonValue value) {
    return field + value(value).charAt(0);
  }

  private static String number(JsonNumber number) {
    double rounded = Double.parseDouble(number.text()) + 0.0; // no -0
    long bits = Double.doubleToLongBits(rounded);
    String hex = HexFormat.of().toHexDigits(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
    if (Double.isInfinite(rounded)) {
      return hex + (rounded > 0 ? BELOW : ABOVE);
    }
    int order = number.value().compareTo(BigDecimal.valueOf(rounded));
    return hex + (order == 0 ? EXACT : order < 0 ? BELOW : ABOVE);
  }

  /** Whether all documents with a term of a field have the same value there. */
  public static boolean isOneValue(String term) {
    int kind = term.indexOf(END_OF_PATH) + 1;
    return term.length() < Terms.MAX_LENGTH
        && (term.startsWith(NUMBER, kind)
            ? term.endsWith(EXACT)
            : !term.startsWith(ARRAY, kind) && !term.startsWith(OBJECT, kind));
  }

  /** No longer than what matters of it in a term. */
  public static String text(String text) {
    int end = Math.min(text.length(), Terms.MAX_LENGTH + 1);
    StringBuilder out = new StringBuilder(end + 16);
    for (int i = 0; i < end; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x80) {
        put(out, c);
      } else {
        beyondAscii(out, c);
      }
    }
    return out.toString();
  }

  /** Whether each character stands for itself. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= LOW || c >= HIGH) {
        return false;
      }
    }
    return true;
  }

  /** A lone surrogate as if it were a character, which the encoder of the platform would not do. */
  private static void beyondAscii(StringBuilder out, int c) {
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : MAX_BYTES - 1;
    int first = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
    put(out, first | c >> (6 * more));
    for (int i = more - 1; i >= 0; i--) {
      put(out, 0x80 | (c >> (6 * i) & 0x3f));
    }
  }

  private static void put(StringBuilder out, int b) {
    if (b > LOW && b < HIGH) {
      out.append((char) b);
    } else {
      out.append(b <= LOW ? LOW : HIGH).append(HEX[b >> 4]).append(HEX[b & 15]);
    }
  }

  static String cut(String term) {
    return term.length() <= Terms.MAX_LENGTH ? term : term.substring(0, Terms.MAX_LENGTH);
  }

  /** Half of the SHA-256 of {@code text}, in hexadecimal digits. */
  public static String hash(String text) {
    return HexFormat.of().formatHex(Sha256.of(text), 0, 16);
  }
}
