package dev.landfall.engine.index;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The words of a text, folded: the same for case, accents and compatibility forms of letters. A
 * word is a run of letters and digits; what else there is stands between words. In scripts that are
 * written without spaces every two characters that stand together are a word, and a single one
 * finds them all. A symbol, an emoji among them, is a word by itself. See ADR 0011.
 */
public final class Words {
  /**
   * Changes when the same text has other words than before, so that documents are indexed anew.
   * What the platform knows of characters grows with its version.
   */
  static final String VERSION = "1." + Runtime.version().feature();

  /** The most combining marks in a row that are ordered. */
  private static final int MAX_MARKS = 30;

  private Words() {}

  /** The words by which a text is found. */
  public static void index(String text, Consumer<String> words) {
    split(text, new Unspaced(words, true), words);
  }

  /** The words that are looked for; the last one may be the start of one. */
  public static List<String> query(String text) {
    List<String> words = new ArrayList<>();
    split(text, new Unspaced(words::add, false), words::add);
    return words;
  }

  private static void split(String text, Unspaced unspaced, Consumer<String> words) {
    if (isAscii(text)) {
      splitAscii(text.toLowerCase(Locale.ROOT), words);
      return;
    }
    String folded = fold(text);
    int start = -1;
    for (int i = 0; i < folded.length(); ) {
      int c = folded.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean alone = isUnspaced(c) && isInWord(c);
      boolean symbol = !alone && isSymbol(c);
      boolean letter = !alone && !symbol && isInWord(c);
      if (!letter && start >= 0) {
        words.accept(folded.substring(start, i));
        start = -1;
      }
      if (letter && start < 0) {
        start = i;
      }
      if (alone) {
        unspaced.add(folded.substring(i, next));
      } else {
        unspaced.end();
      }
      if (symbol) {
        words.accept(folded.substring(i, next));
      }
      i = next;
    }
    if (start >= 0) {
      words.accept(folded.substring(start));
    }
    unspaced.end();
  }

  /** The same for a text without symbols and scripts without spaces: ASCII has neither. */
  private static void splitAscii(String folded, Consumer<String> words) {
    int start = -1;
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (letter && start < 0) {
        start = i;
      } else if (!letter && start >= 0) {
        words.accept(folded.substring(start, i));
        start = -1;
      }
    }
    if (start >= 0) {
      words.accept(folded.substring(start));
    }
  }

  /** A run of characters of a script without spaces. */
  private static final class Unspaced {
    private final Consumer<String> words;
    private final boolean indexing;
    private String before = "";
    private boolean paired;

    Unspaced(Consumer<String> words, boolean indexing) {
      this.words = words;
      this.indexing = indexing;
    }

    void add(String character) {
      if (!before.isEmpty()) {
        words.accept(before + character);
        paired = true;
      }
      if (indexing) {
        words.accept(character);
      }
      before = character;
    }

    void end() {
      if (!before.isEmpty() && !paired && !indexing) {
        words.accept(before);
      }
      before = "";
      paired = false;
    }
  }

  /** {@code text} without what makes no difference. */
  static String fold(String text) {
    if (isAscii(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    String wide = decomposed(text);
    String same = wide.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String apart = decomposed(same);
    StringBuilder folded = new StringBuilder(apart.length());
    for (int i = 0; i < apart.length(); ) {
      int c = apart.codePointAt(i);
      i += Character.charCount(c);
      if (!isIgnored(c)) {
        letter(c, folded);
      }
    }
    return folded.toString();
  }

  /**
   * The text in normal form NFKD, a row of more than {@value #MAX_MARKS} combining marks (the bound
   * of the stream-safe text format, UAX 15, section 13) piece by piece: ordering a row costs its
   * square.
   */
  private static String decomposed(String text) {
    StringBuilder decomposed = new StringBuilder(text.length());
    int from = 0;
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      marks = isMark(c) ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        decomposed.append(Normalizer.normalize(text.substring(from, i), Normalizer.Form.NFKD));
        from = i;
        marks = 1;
      }
      i += Character.charCount(c);
    }
    return decomposed
        .append(Normalizer.normalize(text.substring(from), Normalizer.Form.NFKD))
        .toString();
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Letters with a stroke or of two letters, which Unicode does not take apart. */
  private static void letter(int c, StringBuilder out) {
    switch (c) {
      case 'ø' -> out.append('o');
      case 'ł' -> out.append('l');
      case 'đ', 'ð' -> out.append('d');
      case 'ħ' -> out.append('h');
      case 'ŧ' -> out.append('t');
      case 'ı' -> out.append('i');
      case 'æ' -> out.append("ae");
      case 'œ' -> out.append("oe");
      case 'þ' -> out.append("th");
      case 'ς' -> out.append('σ');
      default -> out.appendCodePoint(c);
    }
  }

  /** Accents, vowel points of Hebrew and Arabic, and what only says how others are shown. */
  private static boolean isIgnored(int c) {
    return (c >= 0x300 && c <= 0x36f)
        || (c >= 0x483 && c <= 0x487)
        || (c >= 0x591 && c <= 0x5c7 && Character.getType(c) == Character.NON_SPACING_MARK)
        || (c >= 0x610 && c <= 0x61a)
        || c == 0x640
        || (c >= 0x64b && c <= 0x65f)
        || c == 0x670
        || (c >= 0x6d6 && c <= 0x6ed && Character.getType(c) == Character.NON_SPACING_MARK)
        || (c >= 0x1ab0 && c <= 0x1aff)
        || (c >= 0x1dc0 && c <= 0x1dff)
        || (c >= 0x20d0 && c <= 0x20ff)
        || (c >= 0xfe00 && c <= 0xfe0f)
        || (c >= 0xfe20 && c <= 0xfe2f)
        || (c >= 0x1f3fb && c <= 0x1f3ff) // shades of skin
        || Character.getType(c) == Character.FORMAT;
  }

  private static boolean isInWord(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  /** By place and not by kind where emoji are: each Unicode version has new ones. */
  private static boolean isSymbol(int c) {
    return (c >= 0x1f000 && c <= 0x1faff) || Character.getType(c) == Character.OTHER_SYMBOL;
  }

  /** Han, Kana, Thai, Lao, Burmese and Khmer. */
  private static boolean isUnspaced(int c) {
    return (c >= 0x3040 && c <= 0x30ff)
        || (c >= 0x31f0 && c <= 0x31ff)
        || (c >= 0x3400 && c <= 0x4dbf)
        || (c >= 0x4e00 && c <= 0x9fff)
        || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0x20000 && c <= 0x3ffff)
        || (c >= 0xe00 && c <= 0xeff)
        || (c >= 0x1000 && c <= 0x109f)
        || (c >= 0x1780 && c <= 0x17ff);
  }
}
