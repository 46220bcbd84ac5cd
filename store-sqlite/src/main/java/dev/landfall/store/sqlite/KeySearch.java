package dev.landfall.store.sqlite;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FirstByKey;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds documents by their terms in the order of owners and keys. What few documents have is read
 * from the index of terms; otherwise the documents of the reader are gone through in the order of
 * their keys, and those of others, of which most readers have few, all. For one search, in a
 * snapshot.
 */
final class KeySearch {
  private static final String COLUMNS = "SELECT n.owner, d.key, e.position, d.terms";
  private static final int FEW_ROWS = 1_000;
  private static final int FIRST_ASKED = 4;
  private static final int ALL_ROWS = -1;

  private final Session session;
  private final long application;
  private final TermQuery query;
  private final Optional<DocumentId> after;
  private final int limit;

  KeySearch(
      Session session, long application, TermQuery query, Optional<DocumentId> after, int limit) {
    this.session = session;
    this.application = application;
    this.query = query;
    this.after = after;
    this.limit = limit;
  }

  List<FeedEntry> run(Set<Feed> feeds) throws SQLException {
    FirstByKey first = new FirstByKey(after, limit);
    for (Feed feed : feeds) {
      long id = TermSearch.feed(session, application, feed);
      List<TermElement> elements =
          id == 0 ? List.of() : TermElement.count(session, id, query.all(), FEW_ROWS);
      if (!elements.isEmpty() && elements.get(0).rows() > 0) {
        search(feed, id, elements, first);
      }
    }
    return first.entries();
  }

  private void search(Feed feed, long id, List<TermElement> elements, FirstByKey first)
      throws SQLException {
    Optional<DocumentNumbers> few = elements.get(0).numbers(session, id, FEW_ROWS);
    if (few.isPresent()) {
      TermChecks checks = TermChecks.of(elements.subList(1, elements.size()));
      List<Object> fixed = List.of(id, few.get().json(), 0);
      read(feed, few(checks.asked().size()), fixed, checks, ALL_ROWS, first);
      return;
    }
    List<TermElement> resolved = new ArrayList<>();
    for (TermElement element : elements) {
      resolved.add(element.resolved(session, id));
    }
    TermChecks checks = TermChecks.of(resolved);
    int asked = checks.asked().size();
    read(feed, others(asked), List.of(id, 0, 0), checks, ALL_ROWS, first);
    if (feed.reader() instanceof Owner owner) {
      long namespace =
          session.number(
              "SELECT id FROM namespaces WHERE application = ? AND owner = ? AND collection = ?",
              application,
              owner.text(),
              feed.collection().value());
      Optional<String> from = from(owner);
      if (from.isPresent()) {
        read(feed, own(asked), List.of(id, namespace, from.get()), checks, limit, first);
      }
    }
  }

  /** Behind which key the documents of an owner begin; empty if they are all passed. */
  private Optional<String> from(Owner owner) {
    if (after.isEmpty()) {
      return Optional.of("");
    }
    DocumentId passed = after.get();
    DocumentId own = new DocumentId(owner, passed.collection(), passed.key());
    int order = DocumentId.BY_OWNER_AND_KEY.compare(own, passed);
    return order < 0 ? Optional.empty() : Optional.of(order == 0 ? passed.key().value() : "");
  }

  /** The statement for documents of which the numbers are known. */
  static String few(int asked) {
    return COLUMNS
        + " FROM json_each(?2) j"
        + " CROSS JOIN feed_entries e ON e.document = j.value AND e.feed = ?1 AND ?3 = 0"
        + " CROSS JOIN documents d ON d.id = e.document"
        + " CROSS JOIN namespaces n ON n.id = d.namespace WHERE 1"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED);
  }

  /** The statement for the documents of others. */
  static String others(int asked) {
    return COLUMNS
        + " FROM feed_entries e INDEXED BY foreign_documents"
        + " CROSS JOIN documents d ON d.id = e.document"
        + " CROSS JOIN namespaces n ON n.id = d.namespace"
        + " WHERE e.feed = ?1 AND e.foreign_key IS NOT NULL AND e.revoked = 0 AND ?2 = ?3"
        + TermChecks.sql(asked, "e.document", FIRST_ASKED);
  }

  /** The statement for the documents of the reader. */
  static String own(int asked) {
    return COLUMNS
        + " FROM namespaces n CROSS JOIN documents d ON d.namespace = n.id"
        + " CROSS JOIN feed_entries e ON e.document = d.id AND e.feed = ?1"
        + " WHERE n.id = ?2 AND d.key > ?3"
        + TermChecks.sql(asked, "d.id", FIRST_ASKED)
        + " ORDER BY d.key";
  }

  private void read(
      Feed feed, String sql, List<Object> fixed, TermChecks checks, int most, FirstByKey first)
      throws SQLException {
    List<Object> values = new ArrayList<>(fixed);
    values.addAll(checks.values());
    int found = 0;
    try (ResultSet rows = session.prepare(sql, values.toArray()).executeQuery()) {
      while (found != most && rows.next()) {
        if (checks.rest().isEmpty() || checks.matches(Terms.parse(rows.getString(4)))) {
          found++;
          DocumentId id =
              new DocumentId(
                  Owner.parse(rows.getString(1)),
                  feed.collection(),
                  new DocumentKey(rows.getString(2)));
          HybridTimestamp position = HybridTimestamp.parse(rows.getString(3));
          first.put(new FeedEntry(feed, position, id, FeedEntry.Kind.CHANGED));
        }
      }
    }
  }
}
