package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of documents of which the numbers are known. For one search, in a snapshot. */
final class FoundNames {
  static final String KEYS =
      "SELECT j.key, d.namespace, d.key FROM json_each(?) j"
          + " CROSS JOIN documents d ON d.id = j.value";
  static final String NAMESPACE = "SELECT owner, collection FROM namespaces WHERE id = ?";

  private final Session session;
  private final Map<Long, Namespace> namespaces = new HashMap<>();

  FoundNames(Session session) {
    this.session = session;
  }

  private record Namespace(Owner owner, CollectionName collection) {}

  /** {@code found} as entries of {@code feed}, in the same order. */
  List<FeedEntry> entries(Feed feed, List<TermSearch.Row> found) throws SQLException {
    if (found.isEmpty()) {
      return List.of();
    }
    FeedEntry[] entries = new FeedEntry[found.size()];
    try (ResultSet rows = session.prepare(KEYS, json(found)).executeQuery()) {
      while (rows.next()) {
        int at = rows.getInt(1);
        Namespace namespace = namespace(rows.getLong(2));
        entries[at] =
            new FeedEntry(
                feed,
                HybridTimestamp.parse(found.get(at).position()),
                new DocumentId(
                    namespace.owner(), namespace.collection(), new DocumentKey(rows.getString(3))),
                FeedEntry.Kind.CHANGED);
      }
    }
    return List.of(entries);
  }

  private Namespace namespace(long id) throws SQLException {
    Namespace known = namespaces.get(id);
    if (known != null) {
      return known;
    }
    try (ResultSet rows = session.prepare(NAMESPACE, id).executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("a document without its namespace");
      }
      Namespace read =
          new Namespace(Owner.parse(rows.getString(1)), new CollectionName(rows.getString(2)));
      namespaces.put(id, read);
      return read;
    }
  }

  private static String json(List<TermSearch.Row> rows) {
    StringBuilder json = new StringBuilder("[");
    for (TermSearch.Row row : rows) {
      json.append(json.length() == 1 ? "" : ",").append(row.document());
    }
    return json.append(']').toString();
  }
}
