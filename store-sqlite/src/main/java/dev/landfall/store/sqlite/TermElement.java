package dev.landfall.store.sqlite;

import dev.landfall.api.store.TermRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An element of a query, as one feed has it.
 *
 * @param ranges those that hold anything
 * @param rows how many, or one more than were counted
 */
record TermElement(List<TermRange> ranges, int rows) {
  static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM terms"
          + " WHERE feed = ? AND term >= ? AND term < ? LIMIT ?)";

  static final String ENDS =
      "SELECT (SELECT term FROM terms WHERE feed = ?1 AND term >= ?2 AND term < ?3"
          + " ORDER BY term LIMIT 1), (SELECT term FROM terms"
          + " WHERE feed = ?1 AND term >= ?2 AND term < ?3 ORDER BY term DESC LIMIT 1)";

  static final String NUMBERS =
      "SELECT count(*), group_concat(document) FROM"
          + " (SELECT document FROM terms WHERE feed = ? AND term >= ? AND term < ? LIMIT ?)";

  static final String MORE =
      "SELECT count(*) FROM (SELECT 1 FROM terms"
          + " WHERE feed = ? AND term >= ? AND term < ? LIMIT 1 OFFSET ?)";

  /** Both are read side by side, which takes half as long as to read one and then the other. */
  static final String COMMON =
      "SELECT group_concat(document) FROM"
          + " (SELECT document FROM terms WHERE feed = ?1 AND term = ?2"
          + " INTERSECT SELECT document FROM terms WHERE feed = ?1 AND term = ?3"
          + " ORDER BY document LIMIT -1)";

  /** Of how many entries at a place of a feed the documents have one of two terms. */
  static final String SAMPLE =
      "SELECT count(*) FROM (SELECT document FROM feed_entries WHERE feed = ?1 AND position > ?2"
          + " ORDER BY position LIMIT ?3) s WHERE 1"
          + TermChecks.sql(1, "s.document", 4);

  private static final long SAMPLED = 64;

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
    return new TermElement(live, (int) Math.min(rows, most + 1L));
  }

  /**
   * The elements, first those that are rarest among a few entries behind each of {@code places}.
   * Those that most of these entries have are taken for too many to count.
   */
  static List<TermElement> rarestFirst(
      Session session, long feed, List<TermElement> elements, List<String> places)
      throws SQLException {
    long most = SAMPLED * places.size() / 2;
    Map<TermElement, Long> found = new LinkedHashMap<>();
    for (TermElement element : elements) {
      long has = element.sampled(session, feed, places).orElse(most);
      int rows = has > most ? Integer.MAX_VALUE : element.rows();
      found.put(new TermElement(element.ranges(), rows), has);
    }
    return found.keySet().stream().sorted(Comparator.comparing(found::get)).toList();
  }

  /** Empty if the index cannot be asked. */
  private Optional<Long> sampled(Session session, long feed, List<String> places)
      throws SQLException {
    TermChecks checks = TermChecks.of(List.of(this));
    if (checks.rest().isPresent()) {
      return Optional.empty();
    }
    long has = 0;
    for (String place : places) {
      List<Object> values = new ArrayList<>(List.of(feed, place, SAMPLED));
      values.addAll(checks.values());
      has += session.number(SAMPLE, values.toArray());
    }
    return Optional.of(has);
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

  /** The documents; empty if there are more rows than {@code most}. */
  Optional<DocumentNumbers> numbers(Session session, long feed, int most) throws SQLException {
    DocumentNumbers numbers = DocumentNumbers.NONE;
    long room = most;
    for (TermRange range : rows > most ? List.<TermRange>of() : ranges) {
      try (ResultSet list =
          session.prepare(NUMBERS, feed, range.from(), range.to(), room + 1).executeQuery()) {
        room -= list.next() ? list.getLong(1) : 0;
        if (room < 0) {
          return Optional.empty();
        }
        String text = list.getString(2);
        numbers = text == null ? numbers : numbers.or(DocumentNumbers.parse(text));
      }
    }
    return rows > most ? Optional.empty() : Optional.of(numbers);
  }

  /**
   * The documents of this element and another; empty if one of them has more rows than {@code most}
   * or is not one term alone.
   */
  Optional<DocumentNumbers> and(TermElement other, Session session, long feed, int most)
      throws SQLException {
    boolean areTwoTerms =
        isOneTerm(most)
            && other.isOneTerm(most)
            && !hasMore(session, feed, most)
            && !other.hasMore(session, feed, most);
    if (!areTwoTerms) {
      return Optional.empty();
    }
    String one = ranges.get(0).from();
    String another = other.ranges.get(0).from();
    try (ResultSet list = session.prepare(COMMON, feed, one, another).executeQuery()) {
      String text = list.next() ? list.getString(1) : null;
      return Optional.of(text == null ? DocumentNumbers.NONE : DocumentNumbers.parse(text));
    }
  }

  /** As far as is known of no more rows than {@code most}. */
  private boolean isOneTerm(int most) {
    return rows <= most && ranges.size() == 1 && ranges.get(0).isOneTerm();
  }

  private boolean hasMore(Session session, long feed, int most) throws SQLException {
    TermRange range = ranges.get(0);
    return session.number(MORE, feed, range.from(), range.to(), (long) most) > 0;
  }
}
