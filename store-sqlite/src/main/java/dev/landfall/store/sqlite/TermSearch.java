package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds documents by their terms, in one feed after the other: the element of the query with the
 * fewest rows is read, the others sort out. For one search, in a snapshot.
 */
final class TermSearch {
  static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM terms"
          + " WHERE feed = ? AND term >= ? AND term < ? LIMIT ?)";
  static final String READ = "SELECT document FROM terms WHERE feed = ? AND term >= ? AND term < ?";
  static final String TERMS =
      "SELECT d.id, d.terms FROM json_each(?) j CROSS JOIN documents d ON d.id = j.value";
  static final String ENTRIES =
      "SELECT e.position, n.owner, n.collection, d.key"
          + " FROM json_each(?2) j"
          + " CROSS JOIN feed_entries e ON e.feed = ?1 AND e.document = j.value"
          + " CROSS JOIN documents d ON d.id = e.document"
          + " CROSS JOIN namespaces n ON n.id = d.namespace";

  /** How many rows are read of one element at most, for each document that may be found. */
  private static final int ROWS_PER_DOCUMENT = 10;

  private static final int FEW_ROWS = 1_000;

  /** To read so many rows in a row costs less than to look up one document. */
  private static final int ROWS_PER_LOOKUP = 8;

  private final Session session;
  private final long application;
  private final TermQuery query;
  private final int limit;
  private final int maxRows;
  private final List<FeedEntry> found = new ArrayList<>();

  TermSearch(Session session, long application, TermQuery query, int limit) {
    this.session = session;
    this.application = application;
    this.query = query;
    this.limit = limit;
    this.maxRows = FEW_ROWS + ROWS_PER_DOCUMENT * limit;
  }

  /**
   * An element of the query.
   *
   * @param rows how many it has, {@link Integer#MAX_VALUE} if they were too many to count
   */
  private record Element(List<TermRange> ranges, int rows) {}

  Optional<List<FeedEntry>> run(Set<Feed> feeds) throws SQLException {
    for (Feed feed : feeds) {
      long id =
          session.number(
              "SELECT id FROM feeds WHERE application = ? AND reader = ? AND collection = ?",
              application,
              feed.reader().text(),
              feed.collection().value());
      if (id != 0 && !search(id, feed)) {
        return Optional.empty();
      }
    }
    found.sort(Comparator.comparing(FeedEntry::position));
    return Optional.of(found);
  }

  /** Whether everything was found that is to be found. */
  private boolean search(long id, Feed feed) throws SQLException {
    int room = limit - found.size();
    Set<Long> documents;
    if (query.all().size() == 1) {
      documents = new HashSet<>();
      if (!read(id, query.all().get(0), room, documents)) {
        return false;
      }
    } else {
      List<Element> elements = elements(id);
      if (elements.get(0).rows() > maxRows) {
        return false;
      }
      documents = common(id, elements);
    }
    if (documents.size() > room) {
      return false;
    }
    collect(id, feed, documents);
    return true;
  }

  /** The documents of all {@code elements}, of which the first is read as it is. */
  private Set<Long> common(long feed, List<Element> elements) throws SQLException {
    Set<Long> documents = new HashSet<>();
    read(feed, elements.get(0).ranges(), maxRows, documents);
    List<Element> unread = new ArrayList<>();
    for (Element element : elements.subList(1, elements.size())) {
      if (element.rows() / ROWS_PER_LOOKUP <= documents.size()) {
        Set<Long> others = new HashSet<>();
        read(feed, element.ranges(), maxRows, others);
        documents.retainAll(others);
      } else {
        unread.add(element);
      }
    }
    return unread.isEmpty() ? documents : matching(documents, unread);
  }

  /**
   * The elements, the one with the fewest rows first. It is not worth more to know it exactly than
   * it is to read it.
   */
  private List<Element> elements(long feed) throws SQLException {
    List<Element> elements = new ArrayList<>();
    for (int most = FEW_ROWS / 10; elements.isEmpty(); most = Math.min(10 * most, maxRows)) {
      for (List<TermRange> ranges : query.all()) {
        elements.add(new Element(ranges, count(feed, ranges, most)));
      }
      if (most < maxRows && elements.stream().allMatch(element -> element.rows() > maxRows)) {
        elements.clear();
      }
    }
    elements.sort(Comparator.comparingInt(Element::rows));
    return elements;
  }

  private int count(long feed, List<TermRange> ranges, int most) throws SQLException {
    int rows = 0;
    for (TermRange range : ranges) {
      rows += (int) session.number(COUNT, feed, range.from(), range.to(), most + 1 - rows);
    }
    return rows > most ? Integer.MAX_VALUE : rows;
  }

  /** Adds the documents of an element; false if that would be more, or more rows, than may be. */
  private boolean read(long feed, List<TermRange> ranges, int most, Set<Long> documents)
      throws SQLException {
    int read = 0;
    for (TermRange range : ranges) {
      try (ResultSet rows = session.prepare(READ, feed, range.from(), range.to()).executeQuery()) {
        while (rows.next()) {
          documents.add(rows.getLong(1));
          if (++read > maxRows || documents.size() > most) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Those of {@code documents} whose own terms are what the elements ask for. */
  private Set<Long> matching(Set<Long> documents, List<Element> elements) throws SQLException {
    Set<Long> matching = new HashSet<>();
    TermQuery rest = new TermQuery(elements.stream().map(Element::ranges).toList());
    try (ResultSet rows = session.prepare(TERMS, json(documents)).executeQuery()) {
      while (rows.next()) {
        if (rest.matches(Terms.parse(rows.getString(2)))) {
          matching.add(rows.getLong(1));
        }
      }
    }
    return matching;
  }

  private void collect(long id, Feed feed, Set<Long> documents) throws SQLException {
    if (documents.isEmpty()) {
      return;
    }
    try (ResultSet rows = session.prepare(ENTRIES, id, json(documents)).executeQuery()) {
      while (rows.next()) {
        found.add(
            new FeedEntry(
                feed,
                HybridTimestamp.parse(rows.getString(1)),
                new DocumentId(
                    Owner.parse(rows.getString(2)),
                    new CollectionName(rows.getString(3)),
                    new DocumentKey(rows.getString(4))),
                FeedEntry.Kind.CHANGED));
      }
    }
  }

  private static String json(Set<Long> documents) {
    return documents.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
