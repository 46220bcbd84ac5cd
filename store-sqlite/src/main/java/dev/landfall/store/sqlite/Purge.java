package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Tombstone;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Forgets old revocations and tombstones, and says so in the horizons. */
final class Purge {
  private final Session session;
  private final long application;
  private final Map<Long, String> horizons = new HashMap<>();

  Purge(Session session, long application) {
    this.session = session;
    this.application = application;
  }

  /** What is remembered of deleted documents, oldest deletion first. */
  static List<Tombstone> tombstones(
      Session session, long application, HybridTimestamp after, int limit) throws SQLException {
    List<Tombstone> found = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    try (ResultSet rows =
        session
            .prepare(
                "SELECT d.id, n.owner, n.collection, d.key, d.revision FROM documents d"
                    + " JOIN namespaces n ON n.id = d.namespace"
                    + " WHERE d.application = ? AND deleted = 1 AND revision > ?"
                    + " ORDER BY revision LIMIT ?",
                application,
                after.toString(),
                limit)
            .executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
        DocumentId id =
            new DocumentId(
                Owner.parse(rows.getString(2)),
                new CollectionName(rows.getString(3)),
                new DocumentKey(rows.getString(4)));
        found.add(new Tombstone(id, HybridTimestamp.parse(rows.getString(5)), List.of()));
      }
    }
    for (int i = 0; i < ids.size(); i++) {
      Tombstone one = found.get(i);
      found.set(
          i,
          new Tombstone(one.id(), one.revision(), Contents.entries(session, ids.get(i), one.id())));
    }
    return found;
  }

  /** Forgets those of which there is nothing later than what is known. */
  int forget(List<Tombstone> known) throws SQLException {
    int forgotten = 0;
    for (Tombstone one : known) {
      String last = one.last().toString();
      forgotten +=
          forgetTombstones(
              "SELECT d.id, n.owner FROM namespaces n"
                  + " JOIN documents d ON d.namespace = n.id AND d.key = ?"
                  + " WHERE n.application = ? AND n.owner = ? AND n.collection = ?"
                  + " AND d.deleted = 1 AND d.revision <= ?"
                  + " AND NOT EXISTS (SELECT 1 FROM feed_entries e"
                  + " WHERE e.document = d.id AND e.position > ?)",
              one.id().key().value(),
              application,
              one.id().owner().text(),
              one.id().collection().value(),
              last,
              last);
    }
    raiseHorizons();
    return forgotten;
  }

  private record Entry(long feed, String position, long document) {}

  int run(HybridTimestamp before, int limit) throws SQLException {
    int forgotten = forgetRevocations(before.toString(), limit);
    forgotten += forgetTombstones(before.toString(), limit - forgotten);
    raiseHorizons();
    return forgotten;
  }

  private void raiseHorizons() throws SQLException {
    for (Map.Entry<Long, String> horizon : horizons.entrySet()) {
      session.update(
          "UPDATE feeds SET horizon = ? WHERE id = ? AND horizon < ?",
          horizon.getValue(),
          horizon.getKey(),
          horizon.getValue());
    }
  }

  private int forgetRevocations(String before, int limit) throws SQLException {
    List<Entry> entries =
        entries(
            "SELECT feed, position, document FROM feed_entries"
                + " WHERE application = ? AND revoked = 1 AND position < ?"
                + " ORDER BY position LIMIT ?",
            application,
            before,
            limit);
    for (Entry entry : entries) {
      forget(entry);
    }
    return entries.size();
  }

  private int forgetTombstones(String before, int limit) throws SQLException {
    return forgetTombstones(
        "SELECT d.id, n.owner FROM documents d JOIN namespaces n ON n.id = d.namespace"
            + " WHERE d.application = ? AND deleted = 1 AND revision < ?"
            + " AND NOT EXISTS (SELECT 1 FROM feed_entries e"
            + " WHERE e.document = d.id AND e.position >= ?)"
            + " ORDER BY revision LIMIT ?",
        application,
        before,
        before,
        limit);
  }

  private int forgetTombstones(String sql, Object... values) throws SQLException {
    List<Long> tombstones = new ArrayList<>();
    Set<String> owners = new HashSet<>();
    try (ResultSet rows = session.prepare(sql, values).executeQuery()) {
      while (rows.next()) {
        tombstones.add(rows.getLong(1));
        owners.add(rows.getString(2));
      }
    }
    for (long tombstone : tombstones) {
      for (Entry entry :
          entries(
              "SELECT feed, position, document FROM feed_entries WHERE document = ?", tombstone)) {
        forget(entry);
      }
      session.update("DELETE FROM documents WHERE id = ?", tombstone);
    }
    for (String owner : owners) {
      Erasure.removeNames(session, application, owner);
    }
    return tombstones.size();
  }

  private List<Entry> entries(String sql, Object... values) throws SQLException {
    List<Entry> entries = new ArrayList<>();
    try (ResultSet rows = session.prepare(sql, values).executeQuery()) {
      while (rows.next()) {
        entries.add(new Entry(rows.getLong(1), rows.getString(2), rows.getLong(3)));
      }
    }
    return entries;
  }

  private void forget(Entry entry) throws SQLException {
    session.update(
        "DELETE FROM feed_entries WHERE feed = ? AND position = ? AND document = ?",
        entry.feed(),
        entry.position(),
        entry.document());
    horizons.merge(entry.feed(), entry.position(), (a, b) -> a.compareTo(b) >= 0 ? a : b);
  }
}
