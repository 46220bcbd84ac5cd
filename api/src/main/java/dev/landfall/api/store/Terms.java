package dev.landfall.api.store;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  public static final Terms NONE = new Terms(List.of(), "");

  private static final String SEPARATOR = "\n";

  private final List<String> given;

  /** Instead of those that were given; read from a store, most are never looked at. */
  private final String text;

  /** Those in the text, once somebody has looked at them. */
  private @Nullable List<String> split;

  private Terms(List<String> given, String text) {
    this.given = given;
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
    return new Terms(values.stream().sorted().distinct().toList(), "");
  }

  /** What {@link #text} gave. */
  public static Terms parse(String text) {
    return text.isEmpty() ? NONE : new Terms(List.of(), text);
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

  /** In ascending order, each once. */
  public List<String> values() {
    if (text.isEmpty()) {
      return given;
    }
    List<String> known = split;
    if (known == null) {
      known = List.of(text.split(SEPARATOR));
      split = known; // another thread may do the same
    }
    return known;
  }

  /** One string for all, empty if there are none. */
  public String text() {
    return text.isEmpty() ? String.join(SEPARATOR, given) : text;
  }

  /** Whether a term lies in {@code range}. */
  public boolean anyIn(TermRange range) {
    List<String> all = values();
    int at = Collections.binarySearch(all, range.from());
    int first = at >= 0 ? at : -at - 1;
    return first < all.size() && all.get(first).compareTo(range.to()) < 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Terms terms && values().equals(terms.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return values().size() + " terms";
  }
}
