package dev.landfall.store.sqlite;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Principal;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What there is of one application besides its documents. */
final class Contents implements ApplicationContents {
  private static final String ZERO = HybridTimestamp.ZERO.toString();

  private final Database database;
  private final ApplicationName application;

  Contents(Database database, ApplicationName application) {
    this.database = database;
    this.application = application;
  }

  private long id(Session session) throws SQLException {
    return session.number("SELECT id FROM applications WHERE name = ?", application.value());
  }

  @Override
  public Map<String, HybridTimestamp> epochs() {
    return database.snapshot(
        "epochs",
        session -> {
          Map<String, HybridTimestamp> epochs = new HashMap<>();
          try (ResultSet rows =
              session
                  .prepare("SELECT epoch, clock FROM epochs WHERE application = ?", id(session))
                  .executeQuery()) {
            while (rows.next()) {
              epochs.put(rows.getString(1), HybridTimestamp.parse(rows.getString(2)));
            }
          }
          return epochs;
        });
  }

  @Override
  public List<FeedEntry> entries(Set<DocumentId> documents) {
    return database.snapshot(
        "entries",
        session -> {
          long id = id(session);
          List<FeedEntry> entries = new ArrayList<>();
          for (DocumentId document : documents) {
            collect(session, id, document, entries);
          }
          return entries;
        });
  }

  private static void collect(
      Session session, long id, DocumentId document, List<FeedEntry> entries) throws SQLException {
    try (ResultSet rows =
        session
            .prepare(
                "SELECT f.reader, f.collection, e.position, e.revoked FROM namespaces n"
                    + " JOIN documents d ON d.namespace = n.id AND d.key = ?"
                    + " JOIN feed_entries e ON e.document = d.id JOIN feeds f ON f.id = e.feed"
                    + " WHERE n.application = ? AND n.owner = ? AND n.collection = ?",
                document.key().value(),
                id,
                document.owner().text(),
                document.collection().value())
            .executeQuery()) {
      collect(rows, document, entries);
    }
  }

  /** Where the document with that number stands. */
  static List<FeedEntry> entries(Session session, long number, DocumentId document)
      throws SQLException {
    List<FeedEntry> entries = new ArrayList<>();
    try (ResultSet rows =
        session
            .prepare(
                "SELECT f.reader, f.collection, e.position, e.revoked FROM feed_entries e"
                    + " JOIN feeds f ON f.id = e.feed WHERE e.document = ?",
                number)
            .executeQuery()) {
      collect(rows, document, entries);
    }
    return entries;
  }

  private static void collect(ResultSet rows, DocumentId document, List<FeedEntry> entries)
      throws SQLException {
    while (rows.next()) {
      entries.add(
          new FeedEntry(
              feed(rows),
              HybridTimestamp.parse(rows.getString(3)),
              document,
              rows.getLong(4) == 1 ? FeedEntry.Kind.REVOKED : FeedEntry.Kind.CHANGED));
    }
  }

  private static Feed feed(ResultSet row) throws SQLException {
    return new Feed(Principal.parse(row.getString(1)), new CollectionName(row.getString(2)));
  }

  @Override
  public Map<Feed, HybridTimestamp> horizons() {
    return database.snapshot(
        "horizons",
        session -> {
          Map<Feed, HybridTimestamp> horizons = new HashMap<>();
          try (ResultSet rows =
              session
                  .prepare(
                      "SELECT reader, collection, horizon FROM feeds"
                          + " WHERE application = ? AND horizon <> ?",
                      id(session),
                      ZERO)
                  .executeQuery()) {
            while (rows.next()) {
              horizons.put(feed(rows), HybridTimestamp.parse(rows.getString(3)));
            }
          }
          return horizons;
        });
  }

  @Override
  public void raise(Map<Feed, HybridTimestamp> horizons) {
    database.write(
        "raise horizons",
        Database.NEEDS_ROOM,
        writer ->
            writer.transaction(
                session -> {
                  long id = id(session);
                  for (Map.Entry<Feed, HybridTimestamp> horizon : horizons.entrySet()) {
                    session.update(
                        "INSERT INTO feeds (application, reader, collection, horizon)"
                            + " VALUES (?, ?, ?, ?) ON CONFLICT (application, reader, collection)"
                            + " DO UPDATE SET horizon = max(horizon, excluded.horizon)",
                        id,
                        horizon.getKey().reader().text(),
                        horizon.getKey().collection().value(),
                        horizon.getValue().toString());
                  }
                  return horizons.size();
                }));
  }
}
