package dev.landfall.store.sqlite;

import dev.landfall.api.store.TermRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An element of a query, as one feed has it.
 *
 * @param ranges those that hold anything
 * @param rows how many, {@link #MANY} if they were too many to count
 */
record TermElement(List<TermRange> ranges, int rows) {
  /** More rows than were counted. */
  static final int MANY = Integer.MAX_VALUE;

  static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM terms"
          + " WHERE feed = ? AND term >= ? AND term < ? LIMIT ?)";

  static final String ENDS =
      "SELECT (SELECT term FROM terms WHERE feed = ?1 AND term >= ?2 AND term < ?3"
          + " ORDER BY term LIMIT 1), (SELECT term FROM terms"
          + " WHERE feed = ?1 AND term >= ?2 AND term < ?3 ORDER BY term DESC LIMIT 1)";

  static final String NUMBERS =
      "SELECT group_concat(document) FROM"
          + " (SELECT document FROM terms WHERE feed = ? AND term >= ? AND term < ?)";

  /** Both are read side by side, which takes half as long as to read one and then the other. */
  static final String COMMON =
      "SELECT group_concat(document) FROM"
          + " (SELECT document FROM terms WHERE feed = ?1 AND term = ?2"
          + " INTERSECT SELECT document FROM terms WHERE feed = ?1 AND term = ?3"
          + " ORDER BY document LIMIT -1)";

  /** The elements, the one with the fewest rows first; no more rows are counted than matter. */
  static List<TermElement> count(Session session, long feed, List<List<TermRange>> all, int most)
      throws SQLException {
    List<TermElement> elements = new ArrayList<>();
    for (List<TermRange> ranges : all) {
      elements.add(of(session, feed, ranges, most));
    }
    elements.sort(Comparator.comparingInt(TermElement::rows));
    return elements;
  }

  private static TermElement of(Session session, long feed, List<TermRange> ranges, int most)
      throws SQLException {
    List<TermRange> live = new ArrayList<>();
    long rows = 0;
    for (TermRange range : ranges) {
      long room = Math.max(1, most + 1 - rows);
      long held = session.number(COUNT, feed, range.from(), range.to(), room);
      if (held > 0) {
        live.add(range);
      }
      rows += held;
    }
    return new TermElement(live, rows > most ? MANY : (int) rows);
  }

  /** The same with ranges of one term alone where a range holds no other, as it stands now. */
  TermElement resolved(Session session, long feed) throws SQLException {
    if (ranges.size() > TermChecks.MAX_TERMS) {
      return this;
    }
    List<TermRange> resolved = new ArrayList<>();
    for (TermRange range : ranges) {
      resolved.add(range.isOneTerm() ? range : resolved(session, feed, range));
    }
    return new TermElement(resolved, rows);
  }

  private static TermRange resolved(Session session, long feed, TermRange range)
      throws SQLException {
    try (ResultSet ends = session.prepare(ENDS, feed, range.from(), range.to()).executeQuery()) {
      String first = ends.next() ? ends.getString(1) : null;
      return first != null && first.equals(ends.getString(2)) ? TermRange.of(first) : range;
    }
  }

  /** The documents. */
  DocumentNumbers numbers(Session session, long feed) throws SQLException {
    DocumentNumbers numbers = DocumentNumbers.NONE;
    for (TermRange range : ranges) {
      numbers = numbers.or(read(session, NUMBERS, feed, range.from(), range.to()));
    }
    return numbers;
  }

  /** The documents of this element and another. */
  DocumentNumbers and(TermElement other, Session session, long feed) throws SQLException {
    TermElement one = resolved(session, feed);
    TermElement another = other.resolved(session, feed);
    if (!one.isOneTerm() || !another.isOneTerm()) {
      return numbers(session, feed).and(other.numbers(session, feed));
    }
    return read(session, COMMON, feed, one.ranges.get(0).from(), another.ranges.get(0).from());
  }

  private boolean isOneTerm() {
    return ranges.size() == 1 && ranges.get(0).isOneTerm();
  }

  private static DocumentNumbers read(Session session, String sql, Object... values)
      throws SQLException {
    try (ResultSet list = session.prepare(sql, values).executeQuery()) {
      String text = list.next() ? list.getString(1) : null;
      return text == null ? DocumentNumbers.NONE : DocumentNumbers.parse(text);
    }
  }
}
