package dev.landfall.store.sqlite;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
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
  static final String WINDOW =
      "SELECT position FROM feed_entries WHERE feed = ? AND position > ? AND position <= ?"
          + " ORDER BY position LIMIT 1 OFFSET ?";

  private static final int FIRST_ASKED = 5;

  private static final int VERY_FEW_ROWS = 100;

  /** So many rows of the index are read, and as many documents put in order, without a thought. */
  private static final int FEW_ROWS = 1_500;

  /** Nor are so many worth it once the feed is gone through. */
  private static final int NOT_MANY_ROWS = 4_000;

  /** More rows of the index are not read. */
  private static final int MANY_ROWS = 25_000;

  /** With fewer entries to look at the feed is gone through. */
  private static final int FEW_ENTRIES = 30;

  /** How many entries of the feed are gone through in the first window. */
  private static final int WINDOW_ENTRIES = 250;

  /** The same if the terms of their documents are read. */
  private static final int WINDOW_DOCUMENTS = 64;

  /** What stands together may be alike, what is so far apart hardly is. */
  private static final int FAR_ENTRIES = 3_000;

  private static final int WINDOW_GROWTH = 4;

  /** A piece ends with the window that is so large. */
  private static final int LAST_WINDOW = 16_000;

  /** To go through an entry takes as long as to read so many rows of the index. */
  private static final int ROWS_AN_ENTRY = 3;

  /** The same if the terms of its document are read. */
  private static final int ROWS_A_DOCUMENT = 25;

  /** How many entries are sifted at first. */
  private static final int FIRST_SIFTED = 1_000;

  /** To put a document in order takes as long as to sift so many entries. */
  private static final int ENTRIES_A_PLACE = 4;

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
  private record Row(String position, long namespace, String key) {}

  /** Rows in order, and where they end: at {@code last} if there may be more. */
  private record Piece(List<Row> rows, String last, boolean more) {}

  FoundPage run(Set<Feed> feeds) throws SQLException {
    NamespaceNames names = new NamespaceNames(session);
    List<FoundPage> pieces = new ArrayList<>();
    for (Feed feed : feeds) {
      long id = feed(session, application, feed);
      if (id != 0) {
        Piece piece = search(id);
        List<FeedEntry> entries = new ArrayList<>(piece.rows().size());
        for (Row row : piece.rows()) {
          entries.add(entry(feed, row, names.of(row.namespace())));
        }
        pieces.add(
            piece.more()
                ? new FoundPage(entries, HybridTimestamp.parse(piece.last()), true)
                : FoundPage.all(entries));
      }
    }
    return FoundPage.merged(pieces, limit);
  }

  private static FeedEntry entry(Feed feed, Row row, NamespaceNames.Name namespace) {
    DocumentId document =
        new DocumentId(namespace.owner(), namespace.collection(), new DocumentKey(row.key()));
    return new FeedEntry(
        feed, HybridTimestamp.parse(row.position()), document, FeedEntry.Kind.CHANGED);
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
    List<TermElement> elements = TermElement.count(session, feed, query.all(), VERY_FEW_ROWS);
    int counted = VERY_FEW_ROWS;
    if (elements.get(0).rows() > counted) {
      counted = FEW_ROWS;
      elements = TermElement.count(session, feed, query.all(), counted);
    }
    Optional<Piece> gathered = gather(feed, after, elements, counted, limit);
    return gathered.isPresent() ? gathered.get() : goThrough(feed, elements);
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
    int considered = NOT_MANY_ROWS;
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
        List<TermElement> rarest = elements.size() == 1 ? elements : rarest(feed, elements, end);
        Optional<Piece> rest = gather(feed, from, rarest, worth, limit - rows.size());
        if (rest.isPresent()) {
          rows.addAll(rest.get().rows());
          return new Piece(rows, rest.get().last(), rest.get().more());
        }
      }
    }
  }

  private List<TermElement> rarest(long feed, List<TermElement> elements, String from)
      throws SQLException {
    String far = window(feed, from, FAR_ENTRIES);
    List<String> places = List.of(after, far.isEmpty() ? from : far);
    return TermElement.rarestFirst(session, feed, elements, places);
  }

  /** How many rows of the index take as long to read as the entries that are still to look at. */
  private int worth(int passed, int found, boolean readsDocuments) {
    long left = (long) passed * (limit + 1 - found) / Math.max(1, found);
    return (int) Math.min(MANY_ROWS, left * (readsDocuments ? ROWS_A_DOCUMENT : ROWS_AN_ENTRY));
  }

  /**
   * Reads the index of the elements with few rows, and puts in order what they have in common.
   * Empty if each element has more rows than {@code most}.
   */
  private Optional<Piece> gather(
      long feed, String from, List<TermElement> elements, int most, int wanted)
      throws SQLException {
    Optional<DocumentNumbers> common = Optional.empty();
    List<TermElement> others = new ArrayList<>();
    int first = 0;
    if (elements.size() > 1 && most > FEW_ROWS) {
      common = elements.get(0).and(elements.get(1), session, feed, most);
      first = common.isPresent() ? 2 : 0;
    }
    for (int i = first; i < elements.size() && !isNothing(common); i++) {
      TermElement element = elements.get(i);
      int worth = common.map(TermSearch::worth).orElse(most);
      Optional<DocumentNumbers> numbers = element.numbers(session, feed, worth);
      if (numbers.isEmpty()) {
        others.add(element.resolved(session, feed));
      } else {
        common = Optional.of(common.map(numbers.get()::and).orElse(numbers.get()));
      }
    }
    if (common.isEmpty()) {
      return Optional.empty();
    }
    if (isNothing(common)) {
      return Optional.of(new Piece(List.of(), "", false));
    }
    return Optional.of(inOrder(feed, from, common.get(), TermChecks.of(others), wanted));
  }

  private static boolean isNothing(Optional<DocumentNumbers> documents) {
    return documents.isPresent() && documents.get().size() == 0;
  }

  /** How many rows it takes as long to read as to ask of each of {@code documents}. */
  private static int worth(DocumentNumbers documents) {
    return documents.size() <= FEW_ROWS
        ? Math.min(FEW_ROWS, ROWS_AN_ENTRY * documents.size())
        : ROWS_AN_ENTRY * documents.size();
  }

  /**
   * Many documents are looked for in the feed, in its order, as long as that promises to find
   * enough sooner than to look for the place of each.
   */
  private Piece inOrder(
      long feed, String from, DocumentNumbers documents, TermChecks checks, int wanted)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    String passed = from;
    if (documents.size() > FEW_ROWS) {
      byte[] sieve = documents.sieve();
      long most = (long) ENTRIES_A_PLACE * documents.size();
      long entries = 0;
      for (long size = Math.min(FIRST_SIFTED, documents.size() / 2); entries + size <= most; ) {
        String end = window(feed, passed, (int) size);
        String to = end.isEmpty() ? upTo : end;
        Piece piece = sift(feed, passed, to, documents, sieve, checks, wanted - rows.size());
        rows.addAll(piece.rows());
        if (piece.more()) {
          return new Piece(rows, piece.last(), true);
        }
        if (end.isEmpty() || rows.size() >= wanted) {
          return new Piece(rows, end, !end.isEmpty());
        }
        passed = end;
        entries += size;
        size = 1 + entries * (wanted + 1 - rows.size()) / Math.max(1, rows.size()) * 5 / 4;
      }
    }
    Piece rest = place(feed, passed, upTo, documents, checks, wanted - rows.size());
    rows.addAll(rest.rows());
    return new Piece(rows, rest.last(), rest.more());
  }

  /** The statement that puts documents in order, with so many elements that are asked besides. */
  static String place(int asked, boolean withTerms) {
    return columns("p", withTerms)
        + " FROM (SELECT e.position, e.document FROM json_each(?"
        + (FIRST_ASKED + TermChecks.MAX_TERMS * asked)
        + ") j CROSS JOIN feed_entries e ON e.document = j.value AND e.feed = ?1"
        + " WHERE +e.position > ?2 AND +e.position <= ?3"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED)
        + " ORDER BY +e.position LIMIT ?4) p CROSS JOIN documents d ON d.id = p.document";
  }

  /** The statement that goes through a feed, with so many elements that are asked besides. */
  static String walk(int asked, boolean withTerms) {
    return columns("e", withTerms)
        + " FROM feed_entries e CROSS JOIN documents d ON d.id = e.document"
        + " WHERE e.feed = ?1 AND e.position > ?2 AND e.position <= ?3 AND e.revoked = 0"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED)
        + " ORDER BY e.position LIMIT ?4";
  }

  /** The statement that goes through a feed for the documents in a sieve, likewise. */
  static String sift(int asked, boolean withTerms) {
    int sieve = FIRST_ASKED + TermChecks.MAX_TERMS * asked;
    return columns("e", withTerms)
        + " FROM feed_entries e CROSS JOIN documents d ON d.id = e.document"
        + " WHERE e.feed = ?1 AND e.position > ?2 AND e.position <= ?3 AND substr(?"
        + sieve
        + ", (e.document & ?"
        + (sieve + 1)
        + ") + 1, 1) = x'01'"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED)
        + " ORDER BY e.position LIMIT ?4";
  }

  private static String columns(String entries, boolean withTerms) {
    return "SELECT "
        + entries
        + ".position, d.namespace, d.key, "
        + entries
        + ".document"
        + (withTerms ? ", d.terms" : "");
  }

  private Piece place(
      long feed, String from, String to, DocumentNumbers documents, TermChecks checks, int wanted)
      throws SQLException {
    if (documents.size() == 0) {
      return new Piece(List.of(), "", false);
    }
    String sql = place(checks.asked().size(), checks.rest().isPresent());
    return read(sql, feed, from, to, checks, List.of(documents.json()), Optional.empty(), wanted);
  }

  private Piece sift(
      long feed,
      String from,
      String to,
      DocumentNumbers documents,
      byte[] sieve,
      TermChecks checks,
      int wanted)
      throws SQLException {
    String sql = sift(checks.asked().size(), checks.rest().isPresent());
    List<Object> values = List.of(sieve, (long) sieve.length - 1);
    return read(sql, feed, from, to, checks, values, Optional.of(documents), wanted);
  }

  private Piece walk(long feed, String from, String to, TermChecks checks, int wanted)
      throws SQLException {
    String sql = walk(checks.asked().size(), checks.rest().isPresent());
    return read(sql, feed, from, to, checks, List.of(), Optional.empty(), wanted);
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
      TermChecks checks,
      List<Object> further,
      Optional<DocumentNumbers> sifted,
      int wanted)
      throws SQLException {
    for (int most = wanted + 1; ; most *= 2) {
      List<Object> values = new ArrayList<>(List.of(feed, from, to));
      values.add((long) (checks.rest().isEmpty() && sifted.isEmpty() ? most : ALL_ROWS));
      values.addAll(checks.values());
      values.addAll(further);
      List<Row> rows = rows(sql, values, checks, sifted, most);
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
      String sql,
      List<Object> values,
      TermChecks checks,
      Optional<DocumentNumbers> sifted,
      int most)
      throws SQLException {
    List<Row> found = new ArrayList<>();
    try (ResultSet rows = session.prepare(sql, values.toArray()).executeQuery()) {
      while (found.size() < most && rows.next()) {
        if ((sifted.isEmpty() || sifted.get().contains(rows.getLong(4)))
            && (checks.rest().isEmpty() || checks.matches(Terms.parse(rows.getString(5))))) {
          found.add(new Row(rows.getString(1), rows.getLong(2), rows.getString(3)));
        }
      }
    }
    return found;
  }
}
