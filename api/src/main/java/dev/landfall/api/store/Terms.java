package dev.landfall.api.store;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * By what a document is found: a sorted set of strings that mean nothing to a store. A term has 1
 * to {@value #MAX_LENGTH} characters from {@code !} to {@code ~}, so every database orders terms
 * alike and none has to fold, escape or compare letters.
 */
public final class Terms {
  /** The most characters of a term. */
  public static final int MAX_LENGTH = 200;

  /** The most terms of a document. */
  public static final int MAX_TERMS = 20_000;

  /** Those of a document that is not to be found. */
  public static final Terms NONE = new Terms("");

  private static final char SEPARATOR = '\n';

  /** In ascending order: one string takes far less room than many, and most are never looked at. */
  private final String text;

  private Terms(String text) {
    this.text = text;
  }

  /** The terms among {@code values}, each once. */
  public static Terms of(Collection<String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    if (values.size() > MAX_TERMS) {
      throw new IllegalArgumentException("a document has at most " + MAX_TERMS + " terms");
    }
    values.forEach(Terms::check);
    String[] sorted = values.toArray(new String[0]);
    Arrays.sort(sorted);
    StringBuilder text = new StringBuilder(sorted.length * 8);
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || !sorted[i].equals(sorted[i - 1])) {
        text.append(i == 0 ? "" : "\n").append(sorted[i]);
      }
    }
    return new Terms(text.toString());
  }

  /** What {@link #text} gave. */
  public static Terms parse(String text) {
    return text.isEmpty() ? NONE : new Terms(text);
  }

  private static void check(String term) {
    if (term.isEmpty() || term.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a term has 1 to " + MAX_LENGTH + " characters");
    }
    for (int i = 0; i < term.length(); i++) {
      if (term.charAt(i) < '!' || term.charAt(i) > '~') {
        throw new IllegalArgumentException("a term has characters from ! to ~");
      }
    }
  }

  /** In ascending order, each once. Made anew each time. */
  public List<String> values() {
    return text.isEmpty() ? List.of() : List.of(text.split(String.valueOf(SEPARATOR)));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** One string for all, empty if there are none. */
  public String text() {
    return text;
  }

  /** Whether a term lies in {@code range}. */
  public boolean anyIn(TermRange range) {
    int low = 0;
    int high = text.length() + 1;
    while (low < high) { // both are where a term begins, or behind the last
      int middle = (low + high) >>> 1;
      int start = text.lastIndexOf(SEPARATOR, middle - 1) + 1;
      if (compare(start, range.from()) < 0) {
        low = end(start) + 1;
      } else {
        high = start;
      }
    }
    return !isEmpty() && low <= text.length() && compare(low, range.to()) < 0;
  }

  private int end(int start) {
    int end = text.indexOf(SEPARATOR, start);
    return end < 0 ? text.length() : end;
  }

  /** The order of the term that begins at {@code start} and another string. */
  private int compare(int start, String other) {
    int end = end(start);
    int common = Math.min(end - start, other.length());
    for (int i = 0; i < common; i++) {
      int order = Character.compare(text.charAt(start + i), other.charAt(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(end - start, other.length());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Terms terms && text.equals(terms.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return values().size() + " terms";
  }
}
