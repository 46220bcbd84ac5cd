package dev.landfall.store.sqlite;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists documents in the order of owner, collection and key, namespace by namespace. */
final class DocumentList {
  private final Session session;
  private final long application;
  private final Optional<Owner> owner;
  private final String text;

  /**
   * A list.
   *
   * @param owner whose; everybody's if empty
   * @param text what their records contain
   */
  DocumentList(Session session, long application, Optional<Owner> owner, String text) {
    this.session = session;
    this.application = application;
    this.owner = owner;
    this.text = text;
  }

  private record Namespace(long id, String owner, String collection) {}

  List<DocumentId> after(Optional<DocumentId> after, int limit) throws SQLException {
    List<DocumentId> found = new ArrayList<>();
    String ownerAfter = after.map(id -> id.owner().text()).orElse("");
    String collectionAfter = after.map(id -> id.collection().value()).orElse("");
    if (after.isPresent()) {
      long rest =
          session.number(
              "SELECT id FROM namespaces WHERE application = ? AND owner = ? AND collection = ?",
              application,
              ownerAfter,
              collectionAfter);
      if (rest != 0) {
        Namespace started = new Namespace(rest, ownerAfter, collectionAfter);
        collect(started, after.get().key().value(), limit, found);
      }
    }
    Optional<Namespace> next = next(ownerAfter, collectionAfter);
    while (next.isPresent() && found.size() < limit) {
      collect(next.get(), "", limit, found);
      next = next(next.get().owner(), next.get().collection());
    }
    return found;
  }

  private Optional<Namespace> next(String ownerAfter, String collectionAfter) throws SQLException {
    String columns = "SELECT id, owner, collection FROM namespaces WHERE application = ?";
    try (ResultSet row =
        (owner.isPresent()
                ? session.prepare(
                    columns + " AND owner = ? AND collection > ? ORDER BY collection LIMIT 1",
                    application,
                    owner.get().text(),
                    collectionAfter)
                : session.prepare(
                    columns
                        + " AND (owner, collection) > (?, ?) ORDER BY owner, collection LIMIT 1",
                    application,
                    ownerAfter,
                    collectionAfter))
            .executeQuery()) {
      return row.next()
          ? Optional.of(new Namespace(row.getLong(1), row.getString(2), row.getString(3)))
          : Optional.empty();
    }
  }

  private void collect(Namespace namespace, String keyAfter, int limit, List<DocumentId> into)
      throws SQLException {
    try (ResultSet rows =
        session
            .prepare(
                "SELECT key FROM documents WHERE namespace = ? AND key > ?"
                    + " AND instr(record, CAST(? AS BLOB)) > 0 ORDER BY key LIMIT ?",
                namespace.id(),
                keyAfter,
                text,
                limit - into.size())
            .executeQuery()) {
      while (rows.next()) {
        into.add(
            new DocumentId(
                Owner.parse(namespace.owner()),
                new CollectionName(namespace.collection()),
                new DocumentKey(rows.getString(1))));
      }
    }
  }
}
