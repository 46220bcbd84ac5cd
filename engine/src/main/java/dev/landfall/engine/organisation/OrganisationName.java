package dev.landfall.engine.organisation;

import java.text.Normalizer;
import java.util.Locale;

/**
 * What an organisation is called.
 *
 * @param text 1 to {@value #MAX_LENGTH} characters without control characters and lone surrogates;
 *     space around it is dropped
 */
public record OrganisationName(String text) {
  /** The most characters. */
  public static final int MAX_LENGTH = 100;

  /** The most of a {@link #key()}, in UTF-16: as much as the directory takes for a name. */
  private static final int MAX_KEY = 512;

  private static final String SPACES = "[\\s\\p{Z}]+";

  public OrganisationName {
    text = text.replaceAll("^" + SPACES + "|" + SPACES + "$", "");
    boolean plain =
        text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    int length = text.codePointCount(0, text.length());
    String key = plain && length <= MAX_LENGTH ? fold(text) : "";
    if (key.isEmpty() || key.length() > MAX_KEY) {
      throw new IllegalArgumentException("must be a name of 1 to " + MAX_LENGTH + " characters");
    }
  }

  /**
   * What names that count as the same have in common: compatibility forms (NFKC, Unicode Standard
   * Annex 15), case, amount of space and invisible characters make no difference.
   */
  String key() {
    return fold(text);
  }

  /**
   * Java has no case folding; through the upper case and back also joins ß with SS and ſ with s.
   */
  private static String fold(String text) {
    String caseless =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
    return Normalizer.normalize(caseless, Normalizer.Form.NFKC)
        .replaceAll("\\p{Cf}", "")
        .replaceAll(SPACES, " ")
        .strip();
  }
}
