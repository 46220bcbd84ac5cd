package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.StoredDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Goes through all documents of an application, by their names. For one piece. */
final class Walk {
  private static final String COLUMNS =
      "SELECT d.revision, d.deleted, d.wire, d.record, d.history, d.terms,"
          + " n.owner, n.collection, d.key"
          + " FROM namespaces n CROSS JOIN documents d ON d.namespace = n.id";

  /** The rest of a namespace. */
  static final String REST =
      COLUMNS
          + " WHERE n.application = ? AND n.owner = ? AND n.collection = ? AND d.key > ?"
          + " ORDER BY d.key";

  /** The namespaces behind it. */
  static final String FURTHER =
      COLUMNS
          + " WHERE n.application = ? AND (n.owner, n.collection) > (?, ?)"
          + " ORDER BY n.owner, n.collection, d.key";

  /** Ends a piece after the document that reaches it. */
  private static final long MAX_BYTES = 8L << 20;

  private final Session session;
  private final long application;
  private final int limit;
  private final List<StoredDocument> found = new ArrayList<>();
  private long bytes;

  Walk(Session session, long application, int limit) {
    this.session = session;
    this.application = application;
    this.limit = limit;
  }

  DocumentScan from(String after) throws SQLException {
    // Owners and collections hold no control characters.
    String[] names = after.isEmpty() ? new String[] {"", "", ""} : after.split("\n", 3);
    if (names.length != 3) {
      throw new IllegalArgumentException("a piece begins where another ended");
    }
    read(REST, application, names[0], names[1], names[2]);
    read(FURTHER, application, names[0], names[1]);
    return new DocumentScan(found, isFull() ? name(found.get(found.size() - 1).id()) : "");
  }

  private boolean isFull() {
    return found.size() >= limit || bytes >= MAX_BYTES;
  }

  private void read(String sql, Object... values) throws SQLException {
    if (isFull()) {
      return;
    }
    try (ResultSet rows = session.prepare(sql, values).executeQuery()) {
      while (!isFull() && rows.next()) {
        DocumentId id =
            new DocumentId(
                Owner.parse(rows.getString(7)),
                new CollectionName(rows.getString(8)),
                new DocumentKey(rows.getString(9)));
        StoredDocument document = Documents.read(id, rows);
        bytes +=
            document.wire().length() + document.record().length() + document.history().length();
        found.add(document);
      }
    }
  }

  private static String name(DocumentId id) {
    return id.owner().text() + "\n" + id.collection().value() + "\n" + id.key().value();
  }
}
