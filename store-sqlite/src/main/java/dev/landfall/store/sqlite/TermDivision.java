package dev.landfall.store.sqlite;

import dev.landfall.api.store.Feed;
import dev.landfall.api.store.TermRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
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

  private final Session session;
  private final long application;
  private final TermRange range;
  private final boolean backwards;

  TermDivision(Session session, long application, TermRange range, boolean backwards) {
    this.session = session;
    this.application = application;
    this.range = range;
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
    String sql = backwards ? BACKWARDS : FORWARDS;
    try (ResultSet rows =
        session.prepare(sql, feed, range.from(), range.to(), (long) entries - 1).executeQuery()) {
      Optional<String> term = rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      return rows.next() ? term : Optional.empty();
    }
  }
}
