package dev.landfall.api.store;

/**
 * The terms from {@code from} on and before {@code to}.
 *
 * @param from inclusive, characters from {@code !} to {@code ~}
 * @param to exclusive, greater than {@code from}
 */
public record TermRange(String from, String to) {
  private static final char BEFORE_ALL = ' ';
  private static final char AFTER_ALL = '\u007f';

  public TermRange {
    if (from.compareTo(to) >= 0) {
      throw new IllegalArgumentException("a range begins before it ends");
    }
  }

  /** This term alone. */
  public static TermRange of(String term) {
    return new TermRange(term, term + BEFORE_ALL);
  }

  /** All terms that begin with {@code prefix}, and it itself. */
  public static TermRange startingWith(String prefix) {
    return new TermRange(prefix, prefix + AFTER_ALL);
  }

  /** Whether it holds {@link #from} and nothing else. */
  public boolean isOneTerm() {
    return to.length() == from.length() + 1 && to.endsWith(" ");
  }
}
