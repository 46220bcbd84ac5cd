package dev.landfall.store.mongo;

import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.Sorts;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tombstone;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.bson.Document;

/**
 * Forgets old revocations and tombstones. First the horizons rise, then the entries go, then the
 * documents, each only as it was seen; so it can break off anywhere and run twice at once. What is
 * forgotten leaves a mark for a week, without content and under the same number: a node that was
 * paused while it applied a commit finds the place taken, and does not bring back what is gone.
 */
final class Purge {
  private static final int CHUNK = 100;

  private final String application;
  private final Projection projection;
  private final MongoCollection<Document> documents;
  private final MongoCollection<Document> entries;
  private final String before;
  private final String mark;

  Purge(
      ApplicationName application,
      Database database,
      Projection projection,
      HybridTimestamp before) {
    this.application = application.value();
    this.projection = projection;
    this.documents = database.documents();
    this.entries = database.entries();
    this.before = before.toString();
    this.mark = mark(before);
  }

  /** Stands before every position, and tells when the entry was forgotten. */
  private static String mark(HybridTimestamp forgotten) {
    return "!" + forgotten;
  }

  int run(int limit) {
    int forgotten = forgetRevocations(limit);
    if (forgotten < limit) {
      forgotten += forgetTombstones(limit - forgotten);
    }
    return forgotten;
  }

  /** Removes the marks that were left a week before {@code clock}. */
  void removeMarks(HybridTimestamp clock) {
    HybridTimestamp week = LogCompaction.weekBefore(clock);
    entries.deleteMany(
        owned("kind", EntryRow.FORGOTTEN).append("position", new Document("$lt", mark(week))));
    documents.deleteMany(
        owned("state", Documents.FORGOTTEN)
            .append("revision", new Document("$lt", week.toString())));
  }

  private int forgetRevocations(int limit) {
    List<EntryRow> rows = new ArrayList<>();
    for (Document row :
        entries
            .find(owned("kind", EntryRow.REVOKED).append("position", new Document("$lt", before)))
            .sort(Sorts.ascending("position"))
            .limit(limit)
            .batchSize(limit + 1)) {
      rows.add(EntryRow.of(row));
    }
    forgetEntries(rows);
    return rows.size();
  }

  private int forgetTombstones(int limit) {
    int forgotten = 0;
    List<Documents.Row> chunk = new ArrayList<>();
    FindIterable<Document> tombstones =
        documents
            .find(owned("state", Documents.DELETED).append("revision", new Document("$lt", before)))
            .sort(Sorts.ascending("revision"))
            .projection(Projections.exclude("wire", "record", "history"));
    for (Document tombstone : tombstones) {
      chunk.add(Documents.row(tombstone));
      if (chunk.size() == CHUNK) {
        forgotten += forgetTombstones(chunk, limit - forgotten, this::isOld);
        chunk.clear();
      }
      if (forgotten == limit) {
        return forgotten;
      }
    }
    return forgotten + forgetTombstones(chunk, limit - forgotten, this::isOld);
  }

  private boolean isOld(DocumentId unused, List<EntryRow> places) {
    return places.stream().allMatch(entry -> entry.position().compareTo(before) < 0);
  }

  /** What is remembered of deleted documents, oldest deletion first. */
  List<Tombstone> tombstones(HybridTimestamp after, int limit) {
    Map<DocumentId, HybridTimestamp> revisions = new LinkedHashMap<>();
    for (Document row :
        documents
            .find(
                owned("state", Documents.DELETED)
                    .append("revision", new Document("$gt", after.toString())))
            .sort(Sorts.ascending("revision"))
            .limit(limit)
            .batchSize(limit + 1)
            .projection(Projections.exclude("wire", "record", "history"))) {
      StoredDocument document = Documents.row(row).document();
      revisions.put(document.id(), document.revision());
    }
    Map<DocumentId, List<FeedEntry>> entries = new HashMap<>();
    projection
        .entries()
        .of(revisions.keySet())
        .forEach(
            entry ->
                entries.computeIfAbsent(entry.document(), unused -> new ArrayList<>()).add(entry));
    return revisions.entrySet().stream()
        .map(
            one ->
                new Tombstone(
                    one.getKey(), one.getValue(), entries.getOrDefault(one.getKey(), List.of())))
        .toList();
  }

  /** Forgets those of which there is nothing later than what is known. */
  int forget(List<Tombstone> known) {
    Map<DocumentId, String> last = new HashMap<>();
    known.forEach(one -> last.put(one.id(), one.last().toString()));
    List<Documents.Row> rows =
        projection.documents().findStates(last.keySet()).stream()
            .filter(row -> !row.forgotten() && row.document().deleted())
            .filter(row -> isBy(last, row.document().id(), row.document().revision().toString()))
            .toList();
    return forgetTombstones(
        rows,
        rows.size(),
        (id, places) -> places.stream().allMatch(entry -> isBy(last, id, entry.position())));
  }

  private static boolean isBy(Map<DocumentId, String> last, DocumentId id, String position) {
    return position.compareTo(last.getOrDefault(id, "")) <= 0;
  }

  private int forgetTombstones(
      List<Documents.Row> tombstones,
      int limit,
      BiPredicate<DocumentId, List<EntryRow>> forgettable) {
    if (tombstones.isEmpty()) {
      return 0;
    }
    Map<DocumentId, List<EntryRow>> places = new LinkedHashMap<>();
    tombstones.forEach(row -> places.put(row.document().id(), new ArrayList<>()));
    List<Document> keys = new ArrayList<>();
    for (DocumentId id : places.keySet()) {
      keys.add(
          new Document("application", application)
              .append("owner", id.owner().text())
              .append("collection", id.collection().value())
              .append("key", id.key().value()));
    }
    for (Document row :
        entries.find(
            new Document("$or", keys).append("kind", new Document("$ne", EntryRow.FORGOTTEN)))) {
      EntryRow entry = EntryRow.of(row);
      places.getOrDefault(entry.place().document(), new ArrayList<>()).add(entry);
    }
    List<EntryRow> rows = new ArrayList<>();
    List<Documents.Row> forgotten = new ArrayList<>();
    for (Documents.Row tombstone : tombstones) {
      DocumentId id = tombstone.document().id();
      List<EntryRow> own = places.getOrDefault(id, List.of());
      if (forgotten.size() < limit && forgettable.test(id, own)) {
        rows.addAll(own);
        forgotten.add(tombstone);
      }
    }
    forgetEntries(rows);
    markDocuments(forgotten);
    return forgotten.size();
  }

  private void forgetEntries(List<EntryRow> rows) {
    Map<Feed, String> horizons = new HashMap<>();
    for (EntryRow row : rows) {
      horizons.merge(row.place().feed(), row.position(), (a, b) -> a.compareTo(b) >= 0 ? a : b);
    }
    projection.entries().raise(horizons);
    markEntries(rows);
  }

  /** Leaves marks in place of {@code rows}. */
  void markEntries(List<EntryRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    List<ReplaceOneModel<Document>> writes = new ArrayList<>();
    for (EntryRow row : rows) {
      Document key = projection.entries().key(row.place());
      writes.add(
          new ReplaceOneModel<>(
              new Document(key).append("number", row.number()),
              new Document(key)
                  .append("position", mark)
                  .append("number", row.number())
                  .append("kind", EntryRow.FORGOTTEN)
                  .append("bytes", 0)));
    }
    entries.bulkWrite(writes, new BulkWriteOptions().ordered(false));
  }

  /** Leaves marks in place of {@code rows}. */
  void markDocuments(List<Documents.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    List<ReplaceOneModel<Document>> writes = new ArrayList<>();
    for (Documents.Row row : rows) {
      Document key = projection.documents().keyed(row.document().id());
      writes.add(
          new ReplaceOneModel<>(
              new Document(key).append("number", row.number()),
              new Document(key)
                  .append("state", Documents.FORGOTTEN)
                  .append("revision", before)
                  .append("number", row.number())));
    }
    documents.bulkWrite(writes, new BulkWriteOptions().ordered(false));
  }

  private Document owned(String field, int value) {
    return new Document("application", application).append(field, value);
  }
}
