package dev.landfall.store.mongo;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes what is left of an owner who is gone. It leaves the marks that a {@link Purge} leaves,
 * for the same reason and as long.
 */
final class Erasure {
  private static final int CHUNK = 100;

  private final Projection projection;
  private final Purge marks;
  private final Owner owner;
  private final HybridTimestamp upTo;

  Erasure(
      ApplicationName application,
      Database database,
      Projection projection,
      Owner owner,
      HybridTimestamp upTo) {
    this.projection = projection;
    this.marks = new Purge(application, database, projection, upTo);
    this.owner = owner;
    this.upTo = upTo;
  }

  int run(int limit) {
    List<EntryRow> rows = projection.entries().read(owner, upTo, limit);
    marks.markEntries(rows);
    int removed = rows.size();
    if (removed < limit) {
      projection.entries().removeHorizons(owner);
      removed += removeDocuments(limit - removed);
    }
    return removed;
  }

  /** Those that others have yet to hear of are left to the purge. */
  private int removeDocuments(int limit) {
    int removed = 0;
    Optional<DocumentId> after = Optional.empty();
    while (removed < limit) {
      List<Documents.Row> chunk = projection.documents().erased(owner, upTo, after, CHUNK);
      if (chunk.isEmpty()) {
        return removed;
      }
      List<DocumentId> ids = chunk.stream().map(row -> row.document().id()).toList();
      Set<DocumentId> standing = projection.entries().standing(ids);
      List<Documents.Row> free = new ArrayList<>(chunk);
      free.removeIf(row -> standing.contains(row.document().id()));
      List<Documents.Row> allowed = free.subList(0, Math.min(free.size(), limit - removed));
      marks.markDocuments(allowed);
      removed += allowed.size();
      after = Optional.of(ids.get(ids.size() - 1));
    }
    return removed;
  }
}
