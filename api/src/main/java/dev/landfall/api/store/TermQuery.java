package dev.landfall.api.store;

import java.util.List;

/**
 * Which terms are asked for: of each element of {@code all} at least one range has to hold a term
 * of the document.
 *
 * @param all at least one element, none of them empty
 */
public record TermQuery(List<List<TermRange>> all) {
  public TermQuery {
    all = all.stream().map(List::copyOf).toList();
    if (all.isEmpty() || all.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("something is asked for");
    }
  }

  /** Whether a document with {@code terms} is found. */
  public boolean matches(Terms terms) {
    return all.stream().allMatch(any -> any.stream().anyMatch(terms::anyIn));
  }
}
