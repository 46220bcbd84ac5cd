package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What the numbers of namespaces stand for, each read once. For one reading, in a snapshot. */
final class NamespaceNames {
  static final String NAMESPACE = "SELECT owner, collection FROM namespaces WHERE id = ?";

  private final Session session;
  private final Map<Long, Name> known = new HashMap<>();

  NamespaceNames(Session session) {
    this.session = session;
  }

  record Name(Owner owner, CollectionName collection) {}

  Name of(long id) throws SQLException {
    Name name = known.get(id);
    if (name != null) {
      return name;
    }
    try (ResultSet rows = session.prepare(NAMESPACE, id).executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("a document without its namespace");
      }
      Name read = new Name(Owner.parse(rows.getString(1)), new CollectionName(rows.getString(2)));
      known.put(id, read);
      return read;
    }
  }
}
