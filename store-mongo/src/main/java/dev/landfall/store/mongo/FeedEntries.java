package dev.landfall.store.mongo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The feeds of one application: one row for each document in each feed, and one for the horizon of
 * a feed, which stands behind all of its entries so that the scan of a feed reads it last.
 */
final class FeedEntries {
  /** Behind every clock, which begins with a hexadecimal digit. */
  private static final String HORIZON_POSITION = "~";

  /** The key again, where the reader does not own the document: an own one is never asked for. */
  private static final String FOREIGN_KEY = "foreignKey";

  private static final int ROW_BYTES = 400;
  private static final Bson WITHOUT_ID =
      Projections.fields(Projections.excludeId(), Projections.exclude(TermRows.TERMS));

  private final ApplicationName application;
  private final MongoCollection<Document> collection;

  FeedEntries(ApplicationName application, MongoCollection<Document> collection) {
    this.application = application;
    this.collection = collection;
  }

  /**
   * The beginning of some feeds.
   *
   * @param entries in the order of positions
   * @param horizon the latest among the feeds whose end was reached
   * @param size how many rows were read, horizons included
   */
  record Scan(List<EntryRow> entries, HybridTimestamp horizon, int size) {}

  /** What comes after {@code after}, in one request. */
  Scan scan(Collection<Feed> feeds, String after, int limit) {
    List<EntryRow> entries = new ArrayList<>();
    HybridTimestamp horizon = HybridTimestamp.ZERO;
    int size = 0;
    for (Document row :
        collection
            .find(ranges(feeds, new Document("$gt", after)))
            .projection(WITHOUT_ID)
            .sort(Sorts.ascending("position"))
            .limit(limit)
            .batchSize(limit + 1)) {
      size++;
      if (row.containsKey("horizon")) {
        horizon = HybridTimestamp.later(horizon, HybridTimestamp.parse(row.getString("horizon")));
      } else {
        entries.add(EntryRow.of(row));
      }
    }
    return new Scan(entries, horizon, size);
  }

  /** The latest horizon of {@code feeds}. */
  HybridTimestamp horizon(Collection<Feed> feeds) {
    return scan(feeds, "}", feeds.size() + 1).horizon();
  }

  /** The entries under {@code keys} of documents that the reader does not own, in one request. */
  List<EntryRow> find(Collection<Feed> feeds, Collection<DocumentKey> keys) {
    Document named = new Document("$in", keys.stream().map(DocumentKey::value).toList());
    Document kinds = new Document("$in", List.of(EntryRow.CHANGED, EntryRow.REVOKED));
    List<EntryRow> found = new ArrayList<>();
    for (Document row :
        collection
            .find(rows(feeds, FOREIGN_KEY, named).append("kind", kinds))
            .projection(WITHOUT_ID)
            .batchSize(10_000)) {
      found.add(EntryRow.of(row));
    }
    return found;
  }

  /** Whether a document stands in {@code feeds} that the reader does not own. */
  boolean hasForeign(Collection<Feed> feeds) {
    return collection
            .find(rows(feeds, FOREIGN_KEY, new Document("$gt", "")))
            .projection(WITHOUT_ID)
            .limit(1)
            .first()
        != null;
  }

  long count(Collection<Feed> feeds, String after, String upTo) {
    return collection.countDocuments(
        ranges(feeds, new Document("$gt", after).append("$lte", upTo)));
  }

  private Document ranges(Collection<Feed> feeds, Document positions) {
    return rows(feeds, "position", positions);
  }

  private Document rows(Collection<Feed> feeds, String field, Document condition) {
    List<Document> ranges = new ArrayList<>(feeds.size());
    for (Feed feed : feeds) {
      ranges.add(
          new Document("application", application.value())
              .append("reader", feed.reader().text())
              .append("feed", feed.collection().value())
              .append(field, condition));
    }
    return ranges.size() == 1 ? ranges.get(0) : new Document("$or", ranges);
  }

  void write(Commit commit) {
    if (commit.entries().isEmpty()) {
      return;
    }
    Map<DocumentId, StoredDocument> documents = new HashMap<>();
    for (StoredDocument document : commit.documents()) {
      documents.put(document.id(), document);
    }
    GuardedWrites writes = new GuardedWrites(collection);
    for (FeedEntry entry : commit.entries()) {
      boolean revoked = entry.kind() == FeedEntry.Kind.REVOKED;
      EntryRow.Place place = new EntryRow.Place(entry.feed(), entry.document());
      Document row =
          key(place)
              .append("position", entry.position().toString())
              .append("number", commit.number())
              .append("kind", EntryRow.kind(entry.kind()))
              .append("bytes", 0);
      StoredDocument document = documents.get(entry.document());
      long size = ROW_BYTES;
      if (document != null && !revoked) {
        row.append("bytes", document.wire().length());
        TermRows.append(row, document.terms());
        size += LogTail.bytes(document.terms());
      }
      if (EntryRow.isForeign(entry)) {
        row.append(FOREIGN_KEY, entry.document().key().value());
      }
      writes.add(key(place), "number", row, size);
    }
    writes.flush();
  }

  /** The entries up to {@code upTo} in the feeds of one reader, some of them. */
  List<EntryRow> read(Owner reader, HybridTimestamp upTo, int limit) {
    List<EntryRow> found = new ArrayList<>();
    for (Document row :
        collection
            .find(
                new Document("application", application.value())
                    .append("reader", reader.text())
                    // marks stand before all positions
                    .append("position", new Document("$gte", "0").append("$lte", upTo.toString())))
            .projection(WITHOUT_ID)
            .limit(limit)) {
      found.add(EntryRow.of(row));
    }
    return found;
  }

  /** Those of {@code ids} that stand in a feed. */
  Set<DocumentId> standing(Collection<DocumentId> ids) {
    Set<DocumentId> standing = new HashSet<>();
    of(ids).forEach(entry -> standing.add(entry.document()));
    return standing;
  }

  /** Where {@code ids} stand, in all feeds. */
  List<FeedEntry> of(Collection<DocumentId> ids) {
    List<Document> places = new ArrayList<>();
    for (DocumentId id : ids) {
      places.add(
          new Document("application", application.value())
              .append("owner", id.owner().text())
              .append("collection", id.collection().value())
              .append("key", id.key().value()));
    }
    List<FeedEntry> entries = new ArrayList<>();
    if (!places.isEmpty()) {
      for (Document row :
          collection
              .find(
                  new Document("$or", places)
                      .append("kind", new Document("$ne", EntryRow.FORGOTTEN)))
              .projection(WITHOUT_ID)) {
        EntryRow entry = EntryRow.of(row);
        entries.add(
            new FeedEntry(
                entry.place().feed(),
                HybridTimestamp.parse(entry.position()),
                entry.place().document(),
                entry.kind()));
      }
    }
    return entries;
  }

  /** The horizons of all feeds that have one. */
  Map<Feed, HybridTimestamp> horizons() {
    Map<Feed, HybridTimestamp> horizons = new HashMap<>();
    for (Document row :
        collection
            .find(new Document("application", application.value()).append("owner", ""))
            .projection(WITHOUT_ID)) {
      horizons.put(EntryRow.feed(row), HybridTimestamp.parse(row.getString("horizon")));
    }
    return horizons;
  }

  /** Removes the horizons of the feeds of one reader. */
  void removeHorizons(Owner reader) {
    collection.deleteMany(
        new Document("application", application.value())
            .append("owner", "")
            .append("reader", reader.text()));
  }

  /** Raises the horizons of feeds that are lower. */
  void raise(Map<Feed, String> horizons) {
    GuardedWrites writes = new GuardedWrites(collection);
    horizons.forEach(
        (feed, horizon) -> {
          Document key = key("", "", "", feed);
          writes.add(
              key,
              "horizon",
              new Document(key).append("position", HORIZON_POSITION).append("horizon", horizon),
              ROW_BYTES);
        });
    writes.flush();
  }

  /** Finds a place; the unique index covers it. */
  Document key(EntryRow.Place place) {
    DocumentId id = place.document();
    return key(id.owner().text(), id.collection().value(), id.key().value(), place.feed());
  }

  /** No owner is empty, so the horizon of a feed is at no document's place. */
  private Document key(String owner, String collection, String key, Feed feed) {
    return new Document("application", application.value())
        .append("owner", owner)
        .append("collection", collection)
        .append("key", key)
        .append("reader", feed.reader().text())
        .append("feed", feed.collection().value());
  }
}
