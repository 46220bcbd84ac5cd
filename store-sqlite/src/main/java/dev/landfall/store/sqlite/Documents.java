package dev.landfall.store.sqlite;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.StoredDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Looks documents up. In the process of SQLite itself a query for each costs some microseconds. */
final class Documents {
  private final Session session;
  private final long application;

  Documents(Session session, long application) {
    this.session = session;
    this.application = application;
  }

  private record Namespace(Owner owner, CollectionName collection) {}

  Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) throws SQLException {
    Map<DocumentId, StoredDocument> found = new HashMap<>();
    Map<Namespace, Long> namespaces = new HashMap<>();
    for (DocumentId id : ids) {
      Namespace name = new Namespace(id.owner(), id.collection());
      Long namespace = namespaces.get(name);
      if (namespace == null) {
        namespace =
            session.number(
                "SELECT id FROM namespaces WHERE application = ? AND owner = ? AND collection = ?",
                application,
                id.owner().text(),
                id.collection().value());
        namespaces.put(name, namespace);
      }
      if (namespace != 0) {
        find(namespace, id, found);
      }
    }
    return found;
  }

  private void find(long namespace, DocumentId id, Map<DocumentId, StoredDocument> found)
      throws SQLException {
    try (ResultSet rows =
        session
            .prepare(
                "SELECT revision, deleted, wire, record, history FROM documents"
                    + " WHERE namespace = ? AND key = ?",
                namespace,
                id.key().value())
            .executeQuery()) {
      if (rows.next()) {
        found.put(
            id,
            new StoredDocument(
                id,
                HybridTimestamp.parse(rows.getString(1)),
                rows.getInt(2) == 1,
                Bytes.copyOf(rows.getBytes(3)),
                Bytes.copyOf(rows.getBytes(4)),
                Bytes.copyOf(rows.getBytes(5))));
      }
    }
  }
}
