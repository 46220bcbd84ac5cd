package dev.landfall.store.sqlite;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The names of documents of which the numbers are known. For one search, in a snapshot. */
final class FoundNames {
  static final String KEYS =
      "SELECT j.key, d.namespace, d.key FROM json_each(?) j"
          + " CROSS JOIN documents d ON d.id = j.value";

  private final Session session;
  private final NamespaceNames namespaces;

  FoundNames(Session session) {
    this.session = session;
    this.namespaces = new NamespaceNames(session);
  }

  /** {@code found} as entries of {@code feed}, in the same order. */
  List<FeedEntry> entries(Feed feed, List<TermSearch.Row> found) throws SQLException {
    if (found.isEmpty()) {
      return List.of();
    }
    FeedEntry[] entries = new FeedEntry[found.size()];
    try (ResultSet rows = session.prepare(KEYS, json(found)).executeQuery()) {
      while (rows.next()) {
        int at = rows.getInt(1);
        NamespaceNames.Name namespace = namespaces.of(rows.getLong(2));
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

  private static String json(List<TermSearch.Row> rows) {
    StringBuilder json = new StringBuilder("[");
    for (TermSearch.Row row : rows) {
      json.append(json.length() == 1 ? "" : ",").append(row.document());
    }
    return json.append(']').toString();
  }
}
