package dev.landfall.api.store;

import java.util.Optional;

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

  /** The terms that are in {@code other}, too; empty if there can be none. */
  public Optional<TermRange> common(TermRange other) {
    String first = from.compareTo(other.from) < 0 ? other.from : from;
    String end = to.compareTo(other.to) < 0 ? to : other.to;
    return first.compareTo(end) < 0 ? Optional.of(new TermRange(first, end)) : Optional.empty();
  }

  /** Whether all terms of {@code other} are in it. */
  public boolean contains(TermRange other) {
    return from.compareTo(other.from) <= 0 && other.to.compareTo(to) <= 0;
  }

  /** Whether it holds {@link #from} and nothing else. */
  public boolean isOneTerm() {
    return to.length() == from.length() + 1 && to.startsWith(from) && to.endsWith(" ");
  }
}
