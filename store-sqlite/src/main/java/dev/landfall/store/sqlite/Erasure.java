package dev.landfall.store.sqlite;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.StoredDocument;
import java.sql.SQLException;

/** Removes what is left of an owner who is gone. */
final class Erasure {
  private static final byte[] ERASED = StoredDocument.NOTHING.toArray();

  private final Session session;
  private final long application;
  private final String owner;

  Erasure(Session session, long application, Owner owner) {
    this.session = session;
    this.application = application;
    this.owner = owner.text();
  }

  int run(HybridTimestamp upTo, int limit) throws SQLException {
    int removed = leaveFeeds(upTo.toString(), limit);
    if (removed < limit) {
      removed += removeDocuments(upTo.toString(), limit - removed);
    }
    if (removed < limit) {
      removeNames(session, application, owner);
    }
    return removed;
  }

  private int leaveFeeds(String upTo, int limit) throws SQLException {
    int left =
        session.update(
            "DELETE FROM feed_entries WHERE (feed, position, document) IN"
                + " (SELECT e.feed, e.position, e.document FROM feeds f"
                + " JOIN feed_entries e ON e.feed = f.id"
                + " WHERE f.application = ? AND f.reader = ? AND e.position <= ? LIMIT ?)",
            application,
            owner,
            upTo,
            limit);
    if (left < limit) {
      session.update(
          "DELETE FROM terms WHERE feed IN (SELECT id FROM feeds WHERE application = ? AND reader = ?"
              + " AND NOT EXISTS (SELECT 1 FROM feed_entries e WHERE e.feed = feeds.id))",
          application,
          owner);
      session.update(
          "DELETE FROM feeds WHERE application = ? AND reader = ?"
              + " AND NOT EXISTS (SELECT 1 FROM feed_entries e WHERE e.feed = feeds.id)",
          application,
          owner);
    }
    return left;
  }

  private int removeDocuments(String upTo, int limit) throws SQLException {
    return session.update(
        "DELETE FROM documents WHERE id IN (SELECT d.id FROM namespaces n"
            + " JOIN documents d ON d.namespace = n.id"
            + " WHERE n.application = ? AND n.owner = ? AND d.deleted = 1 AND d.record = ?"
            + " AND d.revision <= ?"
            + " AND NOT EXISTS (SELECT 1 FROM feed_entries e WHERE e.document = d.id) LIMIT ?)",
        application,
        owner,
        ERASED,
        upTo,
        limit);
  }

  /** Removes the names of the collections in which {@code owner}, who has no feeds, has nothing. */
  static void removeNames(Session session, long application, String owner) throws SQLException {
    session.update(
        "DELETE FROM namespaces WHERE application = ? AND owner = ?"
            + " AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.namespace = namespaces.id)"
            + " AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.application = namespaces.application"
            + " AND f.reader = namespaces.owner)",
        application,
        owner);
  }
}
