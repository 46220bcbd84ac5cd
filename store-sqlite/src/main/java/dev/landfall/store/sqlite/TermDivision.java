package dev.landfall.store.sqlite;

import dev.landfall.api.store.Feed;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Divides a range of terms by how many rows it has. For one range, in a snapshot. */
final class TermDivision {
  static final String FORWARDS =
      "SELECT term FROM terms WHERE feed = ? AND term >= ? AND term < ?"
          + " ORDER BY term LIMIT 2 OFFSET ?";
  static final String BACKWARDS =
      "SELECT term FROM terms WHERE feed = ? AND term >= ? AND term < ?"
          + " ORDER BY term DESC LIMIT 2 OFFSET ?";

  private static final int FIRST_ASKED = 6;

  /** So many entries are looked at if few are found. */
  private static final int MANY = 2_000;

  private final Session session;
  private final long application;
  private final TermRange range;
  private final Optional<TermQuery> query;
  private final boolean backwards;

  TermDivision(
      Session session,
      long application,
      TermRange range,
      Optional<TermQuery> query,
      boolean backwards) {
    this.session = session;
    this.application = application;
    this.range = range;
    this.query = query;
    this.backwards = backwards;
  }

  /** The first division of all the feeds, so that none has more before it. */
  Optional<String> after(Set<Feed> feeds, int entries) throws SQLException {
    Comparator<String> order = Comparator.naturalOrder();
    Optional<String> first = Optional.empty();
    for (Feed feed : feeds) {
      long id = TermSearch.feed(session, application, feed);
      Optional<String> own = id == 0 ? Optional.empty() : after(id, entries);
      if (own.isPresent()) {
        boolean isBefore =
            first.isEmpty()
                || (backwards ? order.reversed() : order).compare(own.get(), first.get()) < 0;
        first = isBefore ? own : first;
      }
    }
    return first;
  }

  private Optional<String> after(long feed, int entries) throws SQLException {
    TermChecks checks = query.isEmpty() ? TermChecks.NONE : checks(feed, query.get());
    if (checks.asked().isEmpty()) {
      return any(feed, entries);
    }
    List<Object> values = new ArrayList<>(List.of(feed, range.from(), range.to()));
    values.add((long) Math.max(MANY, entries));
    values.add((long) entries - 1);
    values.addAll(checks.values());
    try (ResultSet rows =
        session.prepare(found(backwards, checks.asked().size()), values.toArray()).executeQuery()) {
      return rows.next() ? Optional.of(rows.getString(1)) : any(feed, Math.max(MANY, entries));
    }
  }

  /** What the index can be asked for quickly. */
  private TermChecks checks(long feed, TermQuery query) throws SQLException {
    List<TermElement> elements = new ArrayList<>();
    for (TermElement element : TermElement.count(session, feed, query.all(), 1)) {
      if (element.rows() > 0) {
        elements.add(element.resolved(session, feed));
      }
    }
    return TermChecks.of(elements);
  }

  /** The statement that counts what is found, with so many elements that are asked. */
  static String found(boolean backwards, int asked) {
    return "SELECT t.term FROM (SELECT term, document FROM terms"
        + " WHERE feed = ?1 AND term >= ?2 AND term < ?3 ORDER BY term"
        + (backwards ? " DESC" : "")
        + " LIMIT ?4) t WHERE 1"
        + TermChecks.sql(asked, "t.document", FIRST_ASKED)
        + " LIMIT 1 OFFSET ?5";
  }

  private Optional<String> any(long feed, int entries) throws SQLException {
    String sql = backwards ? BACKWARDS : FORWARDS;
    try (ResultSet rows =
        session.prepare(sql, feed, range.from(), range.to(), (long) entries - 1).executeQuery()) {
      Optional<String> term = rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      return rows.next() ? term : Optional.empty();
    }
  }
}
