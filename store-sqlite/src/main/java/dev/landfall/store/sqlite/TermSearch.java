package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds documents by their terms, in one feed after the other. The element of the query with the
 * fewest rows is read and put in order; if even that has many, so many documents have the terms
 * that the feed itself is gone through, in its order, until the piece is full. For one search, in a
 * snapshot.
 */
final class TermSearch {
  static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM terms"
          + " WHERE feed = ? AND term >= ? AND term < ? LIMIT ?)";
  static final String TERMS = "SELECT terms FROM documents WHERE id = ?";
  static final String NAMES =
      "SELECT j.key, n.owner, n.collection, d.key FROM json_each(?) j"
          + " CROSS JOIN documents d ON d.id = j.value"
          + " CROSS JOIN namespaces n ON n.id = d.namespace";
  static final String WINDOW =
      "SELECT position FROM feed_entries WHERE feed = ? AND position > ? AND position <= ?"
          + " ORDER BY position LIMIT 1 OFFSET ?";

  private static final String ALSO =
      " CROSS JOIN terms o%1$d"
          + " ON o%1$d.feed = ?1 AND o%1$d.term = ?%1$d AND o%1$d.document = %2$s.document";
  private static final int FIRST_ALSO = 7;

  /** With more rows than that in each element the feed is gone through. */
  private static final int MANY_ROWS = 4_000;

  /** With so many in two elements of one term what they have in common is read, if it is little. */
  private static final int MANY_COMMON_ROWS = 20_000;

  private static final int FEW_ROWS = 100;

  /** With fewer entries to look at the feed is gone through, too. */
  private static final int FEW_ENTRIES = 30;

  /** How many entries of the feed are gone through in the first window. */
  private static final int WINDOW_ENTRIES = 1_000;

  private static final int WINDOW_GROWTH = 4;

  /** A piece ends with the window that is so large. */
  private static final int LAST_WINDOW = 16 * WINDOW_ENTRIES;

  private static final TermRange NO_RANGE = new TermRange("!", "~");

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

  /**
   * An element of the query.
   *
   * @param ranges those that hold anything
   * @param rows how many, {@link Integer#MAX_VALUE} if they were too many to count
   */
  private record Element(List<TermRange> ranges, int rows) {
    boolean isOneTerm() {
      return ranges.size() == 1 && ranges.get(0).isOneTerm();
    }
  }

  private record Row(String position, long document) {}

  /** Rows in order, and where they end: at {@code last} if there may be more. */
  private record Piece(List<Row> rows, String last, boolean more) {}

  /**
   * What is asked for besides.
   *
   * @param terms of which an index tells
   * @param rest of which only the terms of a document tell
   */
  private record Others(List<String> terms, List<List<TermRange>> rest) {}

  FoundPage run(Set<Feed> feeds) throws SQLException {
    List<FoundPage> pieces = new ArrayList<>();
    for (Feed feed : feeds) {
      long id = feed(session, application, feed);
      if (id != 0) {
        pieces.add(page(feed, search(id)));
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
      return walk(feed, new Others(List.of(), query.all()));
    }
    List<Element> elements = elements(feed);
    if (elements.get(0).rows() == 0) {
      return new Piece(List.of(), "", false);
    }
    boolean gathers = elements.get(0).rows() <= MANY_ROWS || areFewCommon(elements);
    List<String> terms = new ArrayList<>();
    List<List<TermRange>> rest = new ArrayList<>();
    for (Element element : elements.subList(gathers ? 1 : 0, elements.size())) {
      if (element.isOneTerm()) {
        terms.add(element.ranges().get(0).from());
      } else {
        rest.add(element.ranges());
      }
    }
    Others others = new Others(terms, rest);
    return gathers ? gather(feed, elements.get(0), others) : walk(feed, others);
  }

  private static boolean areFewCommon(List<Element> elements) {
    return elements.size() > 1
        && elements.get(1).rows() <= MANY_COMMON_ROWS
        && elements.get(0).isOneTerm()
        && elements.get(1).isOneTerm();
  }

  /**
   * The elements, the one with the fewest rows first. It is not worth more to know it exactly than
   * it is to read it.
   */
  private List<Element> elements(long feed) throws SQLException {
    List<Element> elements = new ArrayList<>();
    int max = query.all().size() == 1 ? MANY_ROWS : MANY_COMMON_ROWS;
    for (int most = FEW_ROWS; elements.isEmpty(); most = Math.min(10 * most, max)) {
      for (List<TermRange> ranges : query.all()) {
        elements.add(element(feed, ranges, most));
      }
      elements.sort(Comparator.comparingInt(Element::rows));
      if (most < max && elements.get(0).rows() > most) {
        elements.clear();
      }
    }
    return elements;
  }

  private Element element(long feed, List<TermRange> ranges, int most) throws SQLException {
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
    return new Element(live, rows > most ? Integer.MAX_VALUE : (int) rows);
  }

  /**
   * The statement that puts the rows of a range in order, if {@code also} other terms are asked.
   */
  static String gather(boolean oneTerm, int also) {
    return (oneTerm ? "SELECT" : "SELECT DISTINCT")
        + " e.position, t.document FROM terms t"
        + also(also, "t")
        + " CROSS JOIN feed_entries e ON e.document = t.document AND e.feed = t.feed"
        + " WHERE t.feed = ?1 AND t.term >= ?2 AND t.term < ?3"
        + " AND e.position > ?4 AND e.position <= ?5 ORDER BY e.position LIMIT ?6";
  }

  /** The statement that goes through a feed, if {@code also} terms are asked. */
  static String walk(int also) {
    return "SELECT e.position, e.document FROM feed_entries e"
        + also(also, "e")
        + " WHERE e.feed = ?1 AND e.position > ?4 AND e.position <= ?5 AND e.revoked = 0"
        + " ORDER BY e.position LIMIT ?6";
  }

  private static String also(int number, String of) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < number; i++) {
      sql.append(String.format(ALSO, FIRST_ALSO + i, of));
    }
    return sql.toString();
  }

  private Piece gather(long feed, Element element, Others others) throws SQLException {
    List<Row> rows = new ArrayList<>();
    Set<Long> known = new HashSet<>();
    String last = "";
    for (TermRange range : element.ranges()) {
      String sql = gather(range.isOneTerm(), others.terms().size());
      Piece piece = read(sql, feed, range, after, upTo, others);
      if (piece.more() && (last.isEmpty() || piece.last().compareTo(last) < 0)) {
        last = piece.last();
      }
      for (Row row : piece.rows()) {
        if (known.add(row.document())) {
          rows.add(row);
        }
      }
    }
    String end = last;
    rows.removeIf(row -> !end.isEmpty() && row.position().compareTo(end) > 0);
    rows.sort(Comparator.comparing(Row::position));
    return new Piece(rows, end, !end.isEmpty());
  }

  private Piece walk(long feed, Others others) throws SQLException {
    String sql = walk(others.terms().size());
    List<Row> rows = new ArrayList<>();
    String from = after;
    for (int size = WINDOW_ENTRIES; ; size *= WINDOW_GROWTH) {
      String end = window(feed, from, size);
      Piece piece = read(sql, feed, NO_RANGE, from, end.isEmpty() ? upTo : end, others);
      rows.addAll(piece.rows());
      if (piece.more()) {
        return new Piece(rows, piece.last(), true);
      }
      if (end.isEmpty() || rows.size() >= limit || size >= LAST_WINDOW) {
        return new Piece(rows, end, !end.isEmpty());
      }
      from = end;
    }
  }

  /** Where so many entries end; empty if there are not so many. */
  private String window(long feed, String from, int entries) throws SQLException {
    try (ResultSet rows =
        session.prepare(WINDOW, feed, from, upTo, (long) entries - 1).executeQuery()) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  /** The first rows of a statement, all of each position. */
  private Piece read(String sql, long feed, TermRange range, String from, String to, Others others)
      throws SQLException {
    for (int most = limit + 1; ; most *= 2) {
      List<Row> rows = rows(sql, feed, range, from, to, others, most);
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
      String sql, long feed, TermRange range, String from, String to, Others others, int most)
      throws SQLException {
    boolean all = others.rest().isEmpty();
    TermQuery rest = all ? query : new TermQuery(others.rest());
    Object[] values = values(feed, range, from, to, all ? most : ALL_ROWS, others.terms());
    List<Row> found = new ArrayList<>();
    try (ResultSet rows = session.prepare(sql, values).executeQuery()) {
      while (found.size() < most && rows.next()) {
        Row row = new Row(rows.getString(1), rows.getLong(2));
        if (all || rest.matches(terms(row.document()))) {
          found.add(row);
        }
      }
    }
    return found;
  }

  private static Object[] values(
      long feed, TermRange range, String from, String to, long most, List<String> terms) {
    Object[] fixed = {feed, range.from(), range.to(), from, to, most};
    Object[] values = Arrays.copyOf(fixed, fixed.length + terms.size());
    for (int i = 0; i < terms.size(); i++) {
      values[fixed.length + i] = terms.get(i);
    }
    return values;
  }

  private Terms terms(long document) throws SQLException {
    try (ResultSet rows = session.prepare(TERMS, document).executeQuery()) {
      return rows.next() ? Terms.parse(rows.getString(1)) : Terms.NONE;
    }
  }

  private FoundPage page(Feed feed, Piece piece) throws SQLException {
    List<FeedEntry> entries = entries(feed, piece.rows());
    return piece.more()
        ? new FoundPage(entries, HybridTimestamp.parse(piece.last()), true)
        : FoundPage.all(entries);
  }

  private List<FeedEntry> entries(Feed feed, List<Row> found) throws SQLException {
    if (found.isEmpty()) {
      return List.of();
    }
    FeedEntry[] entries = new FeedEntry[found.size()];
    try (ResultSet rows = session.prepare(NAMES, json(found)).executeQuery()) {
      while (rows.next()) {
        int at = rows.getInt(1);
        entries[at] =
            new FeedEntry(
                feed,
                HybridTimestamp.parse(found.get(at).position()),
                new DocumentId(
                    Owner.parse(rows.getString(2)),
                    new CollectionName(rows.getString(3)),
                    new DocumentKey(rows.getString(4))),
                FeedEntry.Kind.CHANGED);
      }
    }
    return List.of(entries);
  }

  private static String json(List<Row> rows) {
    return rows.stream()
        .map(row -> String.valueOf(row.document()))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
