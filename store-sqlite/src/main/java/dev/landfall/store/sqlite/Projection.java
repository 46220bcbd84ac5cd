package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Puts one commit into the tables that are read. */
final class Projection {
  private static final String ZERO = HybridTimestamp.ZERO.toString();

  private final Session session;
  private final long application;
  private final Map<Numbers.Namespace, Long> namespaces;
  private final Map<Feed, Long> feeds;
  private final Map<DocumentId, Long> documents = new HashMap<>();
  private final TermIndex terms;

  /**
   * For one commit.
   *
   * @param numbers those that were given before, and to be kept
   */
  Projection(Session session, long application, Numbers numbers) {
    this.session = session;
    this.namespaces = numbers.namespaces();
    this.feeds = numbers.feeds();
    this.application = application;
    this.terms = new TermIndex(session);
  }

  void apply(Commit commit) throws SQLException {
    for (StoredDocument document : commit.documents()) {
      documents.put(document.id(), store(document));
    }
    for (FeedEntry entry : commit.entries()) {
      enter(entry);
    }
    terms.write();
  }

  private long store(StoredDocument document) throws SQLException {
    DocumentId id = document.id();
    long namespace = namespace(id.owner(), id.collection());
    TermIndex.Change change = terms.changing(namespace, document);
    long stored =
        session.number(
            "INSERT INTO documents"
                + " (application, namespace, key, revision, deleted, wire, record, history, terms)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (namespace, key) DO UPDATE SET revision = excluded.revision,"
                + " deleted = excluded.deleted, wire = excluded.wire, record = excluded.record,"
                + " history = excluded.history, terms = excluded.terms RETURNING id",
            application,
            namespace,
            id.key().value(),
            document.revision().toString(),
            document.deleted() ? 1 : 0,
            document.wire().toArray(),
            document.record().toArray(),
            document.history().toArray(),
            document.terms().text());
    terms.add(stored, change);
    return stored;
  }

  private void enter(FeedEntry entry) throws SQLException {
    Long document = documents.get(entry.document());
    if (document == null) {
      throw new IllegalStateException("the document has been stored before its entries");
    }
    long feed = feed(entry.feed());
    boolean revoked = entry.kind() == FeedEntry.Kind.REVOKED;
    terms.enter(document, feed, !revoked);
    session.update(
        "INSERT INTO feed_entries"
            + " (feed, position, document, application, revoked, foreign_key)"
            + " VALUES (?, ?, ?, ?, ?, nullif(?, '')) ON CONFLICT (document, feed)"
            + " DO UPDATE SET position = excluded.position, revoked = excluded.revoked",
        feed,
        entry.position().toString(),
        document,
        application,
        revoked ? 1 : 0,
        entry.document().owner().equals(entry.feed().reader())
            ? ""
            : entry.document().key().value());
  }

  private long namespace(Owner owner, CollectionName collection) throws SQLException {
    Numbers.Namespace name = new Numbers.Namespace(owner, collection);
    Long known = namespaces.get(name);
    if (known != null) {
      return known;
    }
    long id =
        session.number(
            "SELECT id FROM namespaces WHERE application = ? AND owner = ? AND collection = ?",
            application,
            owner.text(),
            collection.value());
    if (id == 0) {
      id =
          session.number(
              "INSERT INTO namespaces (application, owner, collection) VALUES (?, ?, ?)"
                  + " RETURNING id",
              application,
              owner.text(),
              collection.value());
    }
    namespaces.put(name, id);
    return id;
  }

  private long feed(Feed feed) throws SQLException {
    Long known = feeds.get(feed);
    if (known != null) {
      return known;
    }
    long id =
        session.number(
            "SELECT id FROM feeds WHERE application = ? AND reader = ? AND collection = ?",
            application,
            feed.reader().text(),
            feed.collection().value());
    if (id == 0) {
      id =
          session.number(
              "INSERT INTO feeds (application, reader, collection, horizon) VALUES (?, ?, ?, ?)"
                  + " RETURNING id",
              application,
              feed.reader().text(),
              feed.collection().value(),
              ZERO);
    }
    feeds.put(feed, id);
    return id;
  }
}
