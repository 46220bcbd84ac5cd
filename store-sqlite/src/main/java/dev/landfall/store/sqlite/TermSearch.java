package dev.landfall.store.sqlite;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds documents by their terms, in one feed after the other. What few documents have is read from
 * the index of terms and put in order. Otherwise the feed is gone through, in its order, which ends
 * soon if many have all that is asked for; if the beginning shows that it would take longer than to
 * read what the index has, that is read. For one search, in a snapshot.
 */
final class TermSearch {
  static final String TERMS = "SELECT terms FROM documents WHERE id = ?";
  static final String WINDOW =
      "SELECT position FROM feed_entries WHERE feed = ? AND position > ? AND position <= ?"
          + " ORDER BY position LIMIT 1 OFFSET ?";
  static final String MEMBERS =
      "SELECT max(position), group_concat(document) FROM"
          + " (SELECT position, document FROM feed_entries"
          + " WHERE feed = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?)";

  private static final int FIRST_ASKED = 5;

  private static final int VERY_FEW_ROWS = 100;

  /** So many documents are put in order without another thought. */
  private static final int FEW_ROWS = 3_000;

  /** More rows of the index are not read. */
  private static final int MANY_ROWS = 25_000;

  /** With fewer entries to look at the feed is gone through. */
  private static final int FEW_ENTRIES = 30;

  /** How many entries of the feed are gone through in the first window. */
  private static final int WINDOW_ENTRIES = 1_000;

  /** The same if the terms of their documents are read. */
  private static final int WINDOW_DOCUMENTS = 250;

  private static final int WINDOW_GROWTH = 4;

  /** A piece ends with the window that is so large. */
  private static final int LAST_WINDOW = 16 * WINDOW_ENTRIES;

  /** To go through an entry takes as long as to read so many rows of the index. */
  private static final int ROWS_AN_ENTRY = 3;

  /** The same if the terms of its document are read. */
  private static final int ROWS_A_DOCUMENT = 12;

  private static final int ALL_ROWS = -1;

  private final Session session;
  private final long application;
  private final TermQuery query;
  private final String after;
  private final String upTo;
  private final int limit;

  TermSearch(
      Session session,
      long application,
      TermQuery query,
      HybridTimestamp after,
      HybridTimestamp upTo,
      int limit) {
    this.session = session;
    this.application = application;
    this.query = query;
    this.after = after.toString();
    this.upTo = upTo.toString();
    this.limit = limit;
  }

  /** An entry of a feed. */
  record Row(String position, long document) {}

  /** Rows in order, and where they end: at {@code last} if there may be more. */
  private record Piece(List<Row> rows, String last, boolean more) {}

  FoundPage run(Set<Feed> feeds) throws SQLException {
    FoundNames names = new FoundNames(session);
    List<FoundPage> pieces = new ArrayList<>();
    for (Feed feed : feeds) {
      long id = feed(session, application, feed);
      if (id != 0) {
        Piece piece = search(id);
        List<FeedEntry> entries = names.entries(feed, piece.rows());
        pieces.add(
            piece.more()
                ? new FoundPage(entries, HybridTimestamp.parse(piece.last()), true)
                : FoundPage.all(entries));
      }
    }
    return FoundPage.merged(pieces, limit);
  }

  /** The number of a feed, 0 if there is none. */
  static long feed(Session session, long application, Feed feed) throws SQLException {
    return session.number(
        "SELECT id FROM feeds WHERE application = ? AND reader = ? AND collection = ?",
        application,
        feed.reader().text(),
        feed.collection().value());
  }

  private Piece search(long feed) throws SQLException {
    if (window(feed, after, FEW_ENTRIES).isEmpty()) {
      return walk(feed, after, upTo, TermChecks.left(query), limit);
    }
    List<TermElement> elements = count(feed, VERY_FEW_ROWS);
    if (elements.get(0).rows() == TermElement.MANY) {
      elements = count(feed, FEW_ROWS);
    }
    if (elements.get(0).rows() == 0) {
      return new Piece(List.of(), "", false);
    }
    return elements.get(0).rows() <= FEW_ROWS
        ? gather(feed, after, elements, limit)
        : goThrough(feed, elements);
  }

  private List<TermElement> count(long feed, int most) throws SQLException {
    return TermElement.count(session, feed, query.all(), most);
  }

  private Piece goThrough(long feed, List<TermElement> counted) throws SQLException {
    List<TermElement> elements = new ArrayList<>();
    for (TermElement element : counted) {
      elements.add(element.resolved(session, feed));
    }
    TermChecks checks = TermChecks.of(elements);
    List<Row> rows = new ArrayList<>();
    String from = after;
    int passed = 0;
    int considered = FEW_ROWS;
    int first = checks.rest().isPresent() ? WINDOW_DOCUMENTS : WINDOW_ENTRIES;
    for (int size = first; ; size *= WINDOW_GROWTH) {
      String end = window(feed, from, size);
      Piece piece = walk(feed, from, end.isEmpty() ? upTo : end, checks, limit - rows.size());
      rows.addAll(piece.rows());
      if (piece.more()) {
        return new Piece(rows, piece.last(), true);
      }
      if (end.isEmpty() || rows.size() >= limit || size >= LAST_WINDOW) {
        return new Piece(rows, end, !end.isEmpty());
      }
      from = end;
      passed += size;
      int worth = worth(passed, rows.size(), checks.rest().isPresent());
      if (worth > considered) {
        considered = 2 * worth;
        List<TermElement> more = count(feed, Math.min(MANY_ROWS, 2 * worth));
        if (more.get(0).rows() <= worth) {
          Piece rest = gather(feed, from, more, limit - rows.size());
          rows.addAll(rest.rows());
          return new Piece(rows, rest.last(), rest.more());
        }
      }
    }
  }

  /** How many rows of the index take as long to read as the entries that are still to look at. */
  private int worth(int passed, int found, boolean readsDocuments) {
    long left = (long) passed * (limit + 1 - found) / Math.max(1, found);
    return (int) Math.min(MANY_ROWS, left * (readsDocuments ? ROWS_A_DOCUMENT : ROWS_AN_ENTRY));
  }

  /** Reads the index of the elements with few rows, and puts in order what they have in common. */
  private Piece gather(long feed, String from, List<TermElement> elements, int wanted)
      throws SQLException {
    boolean two = elements.size() > 1 && isLittleMore(elements.get(0), elements.get(1));
    DocumentNumbers common =
        two
            ? elements.get(0).and(elements.get(1), session, feed)
            : elements.get(0).numbers(session, feed);
    List<TermElement> others = new ArrayList<>();
    for (TermElement element : elements.subList(two ? 2 : 1, elements.size())) {
      if (element.rows() / ROWS_AN_ENTRY <= common.size()) {
        common = common.and(element.numbers(session, feed));
      } else {
        others.add(element.resolved(session, feed));
      }
    }
    TermChecks checks = TermChecks.of(others);
    if (common.size() <= FEW_ROWS) {
      return place(feed, from, upTo, common, checks, wanted);
    }
    List<Row> rows = new ArrayList<>();
    String passed = from;
    for (int size = FEW_ROWS; ; size *= WINDOW_GROWTH) {
      String end;
      DocumentNumbers members;
      try (ResultSet list =
          session.prepare(MEMBERS, feed, passed, upTo, (long) size).executeQuery()) {
        String last = list.next() ? list.getString(1) : null;
        if (last == null) {
          return new Piece(rows, "", false);
        }
        end = last;
        members = DocumentNumbers.parse(list.getString(2));
      }
      Piece piece = place(feed, passed, end, members.and(common), checks, wanted - rows.size());
      rows.addAll(piece.rows());
      if (piece.more()) {
        return new Piece(rows, piece.last(), true);
      }
      if (rows.size() >= wanted || size >= LAST_WINDOW) {
        return new Piece(rows, end, true);
      }
      passed = end;
    }
  }

  private static boolean isLittleMore(TermElement fewer, TermElement more) {
    return more.rows() / ROWS_AN_ENTRY <= fewer.rows();
  }

  /** The statement that puts documents in order, with so many elements that are asked besides. */
  static String place(int asked) {
    return "SELECT e.position, e.document FROM json_each(?"
        + (FIRST_ASKED + TermChecks.MAX_TERMS * asked)
        + ") j CROSS JOIN feed_entries e ON e.document = j.value AND e.feed = ?1"
        + " WHERE +e.position > ?2 AND +e.position <= ?3"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED)
        + " ORDER BY +e.position LIMIT ?4";
  }

  /** The statement that goes through a feed, with so many elements that are asked besides. */
  static String walk(int asked, boolean withTerms) {
    return "SELECT e.position, e.document"
        + (withTerms ? ", d.terms" : "")
        + " FROM feed_entries e"
        + (withTerms ? " CROSS JOIN documents d ON d.id = e.document" : "")
        + " WHERE e.feed = ?1 AND e.position > ?2 AND e.position <= ?3 AND e.revoked = 0"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED)
        + " ORDER BY e.position LIMIT ?4";
  }

  private Piece place(
      long feed, String from, String to, DocumentNumbers documents, TermChecks checks, int wanted)
      throws SQLException {
    if (documents.size() == 0) {
      return new Piece(List.of(), "", false);
    }
    String sql = place(checks.asked().size());
    return read(sql, feed, from, to, Optional.of(documents), checks, wanted);
  }

  private Piece walk(long feed, String from, String to, TermChecks checks, int wanted)
      throws SQLException {
    String sql = walk(checks.asked().size(), checks.rest().isPresent());
    return read(sql, feed, from, to, Optional.empty(), checks, wanted);
  }

  /** Where so many entries end; empty if there are not so many. */
  private String window(long feed, String from, int entries) throws SQLException {
    try (ResultSet rows =
        session.prepare(WINDOW, feed, from, upTo, (long) entries - 1).executeQuery()) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  /** The first rows of a statement, all of each position. */
  private Piece read(
      String sql,
      long feed,
      String from,
      String to,
      Optional<DocumentNumbers> documents,
      TermChecks checks,
      int wanted)
      throws SQLException {
    for (int most = wanted + 1; ; most *= 2) {
      List<Object> values = new ArrayList<>(List.of(feed, from, to));
      values.add((long) (checks.rest().isEmpty() ? most : ALL_ROWS));
      values.addAll(checks.values());
      documents.ifPresent(numbers -> values.add(numbers.json()));
      List<Row> rows = rows(sql, values, checks, documents.isPresent(), most);
      if (rows.size() < most) {
        return new Piece(rows, "", false);
      }
      String cut = rows.get(most - 1).position(); // there may be others of that
      rows.removeIf(row -> row.position().equals(cut));
      if (!rows.isEmpty()) {
        return new Piece(rows, rows.get(rows.size() - 1).position(), true);
      }
    }
  }

  private List<Row> rows(
      String sql, List<Object> values, TermChecks checks, boolean readsTerms, int most)
      throws SQLException {
    List<Row> found = new ArrayList<>();
    try (ResultSet rows = session.prepare(sql, values.toArray()).executeQuery()) {
      while (found.size() < most && rows.next()) {
        long document = rows.getLong(2);
        if (checks.rest().isEmpty()
            || checks.matches(readsTerms ? terms(document) : Terms.parse(rows.getString(3)))) {
          found.add(new Row(rows.getString(1), document));
        }
      }
    }
    return found;
  }

  private Terms terms(long document) throws SQLException {
    try (ResultSet rows = session.prepare(TERMS, document).executeQuery()) {
      return rows.next() ? Terms.parse(rows.getString(1)) : Terms.NONE;
    }
  }
}
