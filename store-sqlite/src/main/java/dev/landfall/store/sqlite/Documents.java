package dev.landfall.store.sqlite;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks documents up. */
final class Documents {
  static final String ONE =
      "SELECT d.revision, d.deleted, d.wire, d.record, d.history, d.terms FROM namespaces n"
          + " CROSS JOIN documents d ON d.namespace = n.id AND d.key = ?"
          + " WHERE n.application = ? AND n.owner = ? AND n.collection = ?";
  static final String MANY =
      "SELECT d.revision, d.deleted, d.wire, d.record, d.history, d.terms, j.key"
          + " FROM json_each(?) j"
          + " CROSS JOIN documents d ON d.namespace = ? AND d.key = j.value";

  /** So many are looked up one by one. */
  static final int FEW = 3;

  private final Session session;
  private final long application;

  Documents(Session session, long application) {
    this.session = session;
    this.application = application;
  }

  private record Namespace(Owner owner, CollectionName collection) {}

  Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) throws SQLException {
    Map<DocumentId, StoredDocument> found = new HashMap<>(ids.size() * 2);
    if (ids.size() > FEW) {
      findMany(ids, found);
      return found;
    }
    for (DocumentId id : ids) {
      Object[] place = {id.key().value(), application, id.owner().text(), id.collection().value()};
      try (ResultSet rows = session.prepare(ONE, place).executeQuery()) {
        if (rows.next()) {
          found.put(id, read(id, rows));
        }
      }
    }
    return found;
  }

  private void findMany(Set<DocumentId> ids, Map<DocumentId, StoredDocument> found)
      throws SQLException {
    Map<Namespace, List<DocumentId>> each = new LinkedHashMap<>();
    for (DocumentId id : ids) {
      each.computeIfAbsent(new Namespace(id.owner(), id.collection()), n -> new ArrayList<>())
          .add(id);
    }
    for (Map.Entry<Namespace, List<DocumentId>> some : each.entrySet()) {
      long namespace =
          session.number(
              "SELECT id FROM namespaces WHERE application = ? AND owner = ? AND collection = ?",
              application,
              some.getKey().owner().text(),
              some.getKey().collection().value());
      if (namespace != 0) {
        findMany(namespace, some.getValue(), found);
      }
    }
  }

  /** The documents that {@code feeds} hold and their readers do not own. */
  Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) throws SQLException {
    Set<DocumentId> found = new LinkedHashSet<>();
    for (Feed feed : feeds) {
      long id =
          session.number(
              "SELECT id FROM feeds WHERE application = ? AND reader = ? AND collection = ?",
              application,
              feed.reader().text(),
              feed.collection().value());
      if (id != 0 && hasForeign(id)) {
        for (DocumentKey key : keys) {
          collectForeign(id, feed, key, found);
        }
      }
    }
    return found;
  }

  private boolean hasForeign(long feed) throws SQLException {
    return session.number(
            "SELECT EXISTS (SELECT 1 FROM feed_entries"
                + " WHERE feed = ? AND foreign_key IS NOT NULL)",
            feed)
        == 1;
  }

  private void collectForeign(long id, Feed feed, DocumentKey key, Set<DocumentId> found)
      throws SQLException {
    try (ResultSet rows =
        session
            .prepare(
                "SELECT n.owner FROM feed_entries e JOIN documents d ON d.id = e.document"
                    + " JOIN namespaces n ON n.id = d.namespace"
                    + " WHERE e.feed = ? AND e.foreign_key = ? AND e.revoked = 0",
                id,
                key.value())
            .executeQuery()) {
      while (rows.next()) {
        found.add(new DocumentId(Owner.parse(rows.getString(1)), feed.collection(), key));
      }
    }
  }

  private void findMany(long namespace, List<DocumentId> ids, Map<DocumentId, StoredDocument> found)
      throws SQLException {
    List<JsonValue> keys = new ArrayList<>(ids.size());
    ids.forEach(id -> keys.add(new JsonString(id.key().value())));
    String json = JsonText.bytes(new JsonArray(keys)).utf8();
    try (ResultSet rows = session.prepare(MANY, json, namespace).executeQuery()) {
      while (rows.next()) {
        DocumentId id = ids.get(rows.getInt(7));
        found.put(id, read(id, rows));
      }
    }
  }

  /** What stands in the first columns of {@code rows}: revision to terms, as above. */
  static StoredDocument read(DocumentId id, ResultSet rows) throws SQLException {
    return new StoredDocument(
        id,
        HybridTimestamp.parse(rows.getString(1)),
        rows.getInt(2) == 1,
        Bytes.copyOf(rows.getBytes(3)),
        Bytes.copyOf(rows.getBytes(4)),
        Bytes.copyOf(rows.getBytes(5)),
        Terms.parse(rows.getString(6)));
  }
}
