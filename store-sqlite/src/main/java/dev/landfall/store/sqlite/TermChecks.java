package dev.landfall.store.sqlite;

import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of documents besides: what a statement asks the index, and what is left to be asked
 * of the terms that stand with the document.
 *
 * @param asked for each element its terms, {@value #MAX_TERMS} at most
 * @param rest empty if there is nothing left
 */
record TermChecks(List<List<String>> asked, Optional<TermQuery> rest) {
  /** The most terms of an element that the index is asked for. */
  static final int MAX_TERMS = 2;

  static final TermChecks NONE = new TermChecks(List.of(), Optional.empty());

  static TermChecks of(List<TermElement> elements) {
    List<List<String>> asked = new ArrayList<>();
    List<List<TermRange>> rest = new ArrayList<>();
    for (TermElement element : elements) {
      boolean isAsked =
          element.ranges().size() <= MAX_TERMS
              && element.ranges().stream().allMatch(TermRange::isOneTerm);
      if (isAsked) {
        asked.add(element.ranges().stream().map(TermRange::from).toList());
      } else {
        rest.add(element.ranges());
      }
    }
    return new TermChecks(
        asked, rest.isEmpty() ? Optional.empty() : Optional.of(new TermQuery(rest)));
  }

  /** All of {@code query} is left. */
  static TermChecks left(TermQuery query) {
    return new TermChecks(List.of(), Optional.of(query));
  }

  boolean matches(Terms terms) {
    return rest.isEmpty() || rest.get().matches(terms);
  }

  /**
   * The condition of a statement in which ?1 is the feed.
   *
   * @param document which column has the number of the document
   * @param first the number of the first value
   */
  static String sql(int elements, String document, int first) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < elements; i++) {
      int value = first + MAX_TERMS * i;
      sql.append(" AND EXISTS (SELECT 1 FROM terms o WHERE o.feed = ?1 AND o.document = ");
      sql.append(document).append(" AND o.term IN (?").append(value);
      sql.append(", ?").append(value + 1).append("))");
    }
    return sql.toString();
  }

  /** The values for {@link #sql}. */
  List<Object> values() {
    List<Object> values = new ArrayList<>();
    for (List<String> terms : asked) {
      values.add(terms.get(0));
      values.add(terms.get(terms.size() - 1));
    }
    return values;
  }
}
