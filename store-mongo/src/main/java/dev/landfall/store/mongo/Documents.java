package dev.landfall.store.mongo;

import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Usage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;

/** The latest versions of one application's documents. */
final class Documents {
  static final int LIVE = 0;
  static final int DELETED = 1;

  /** What is left of a forgotten tombstone, so that nobody who comes late can write it again. */
  static final int FORGOTTEN = 2;

  private static final String TERMS = "terms";
  private static final int CHUNK = 500;
  private static final int SCAN_BATCH = 100;

  /** Ends a piece after the document that reaches it. */
  private static final long SCAN_BYTES = 8L << 20;

  /** Comes before everything that a longer name could go on with. */
  private static final char BEHIND_NAME = '\u0001';

  private static final int CHUNK_CHARACTERS = 2 << 20;
  private static final Bson WIRE = Projections.exclude("record", "history", TERMS);
  private static final Bson ALL = new Document();
  private static final Bson STATE = Projections.exclude("wire", "record", "history");

  private final ApplicationName application;
  private final MongoCollection<Document> collection;

  Documents(ApplicationName application, MongoCollection<Document> collection) {
    this.application = application;
    this.collection = collection;
  }

  /**
   * A document as it is stored.
   *
   * @param number of the commit that wrote it
   * @param forgotten whether it is only the mark of a forgotten one
   */
  record Row(long number, boolean forgotten, StoredDocument document) {}

  /** The rows of those of {@code ids} that are there, one request for 500 of them. */
  List<Row> find(Collection<DocumentId> ids) {
    return find(ids, ALL);
  }

  /** The same without records and histories. */
  List<Row> findWires(Collection<DocumentId> ids) {
    return find(ids, WIRE);
  }

  /** The same without content. */
  List<Row> findStates(Collection<DocumentId> ids) {
    return find(ids, STATE);
  }

  private List<Row> find(Collection<DocumentId> ids, Bson fields) {
    List<Row> found = new ArrayList<>(ids.size());
    List<Document> keys = new ArrayList<>(ids.size());
    int characters = 0;
    for (DocumentId id : ids) {
      keys.add(key(id));
      characters += id.collection().value().length() + id.key().value().length() + 200;
      if (keys.size() == CHUNK || characters > CHUNK_CHARACTERS) {
        find(keys, fields, found);
        keys.clear();
        characters = 0;
      }
    }
    find(keys, fields, found);
    return found;
  }

  private void find(List<Document> keys, Bson fields, List<Row> found) {
    if (!keys.isEmpty()) {
      FindIterable<Document> rows =
          collection
              .find(new Document("_id", new Document("$in", keys)))
              .projection(fields)
              .batchSize(keys.size() + 1);
      for (Document row : rows) {
        found.add(row(row));
      }
    }
  }

  /** What {@code owner} has: a range of the keys, added up by the server. */
  Usage usage(Owner owner) {
    Document range =
        new Document("$gte", keysOf(owner.text())).append("$lt", keysOf(owner.text() + "\0"));
    Document sum =
        collection
            .aggregate(
                List.of(
                    new Document("$match", new Document("_id", range).append("state", LIVE)),
                    new Document(
                        "$group",
                        new Document("_id", "usage")
                            .append("documents", new Document("$sum", 1))
                            .append("bytes", new Document("$sum", "$size")))))
            .first();
    return sum == null
        ? Usage.NONE
        : new Usage(
            sum.get("documents", Number.class).longValue(),
            sum.get("bytes", Number.class).longValue());
  }

  /** Less than every key of that owner, and more than every key of an owner before. */
  private Document keysOf(String owner) {
    return new Document("application", application.value()).append("owner", owner);
  }

  /** A piece of all, by their keys, which the index of keys serves. */
  DocumentScan scan(String after, int limit) {
    List<StoredDocument> found = new ArrayList<>();
    long bytes = 0;
    String name = application.value();
    Document range =
        new Document("$gt", after.isEmpty() ? new Document("application", name) : key(named(after)))
            .append("$lt", new Document("application", name + BEHIND_NAME));
    FindIterable<Document> rows =
        collection
            .find(
                new Document("_id", range)
                    .append("state", new Document("$in", List.of(LIVE, DELETED))))
            .sort(Sorts.ascending("_id"))
            .limit(limit)
            .batchSize(SCAN_BATCH);
    try (MongoCursor<Document> cursor = rows.cursor()) {
      while (cursor.hasNext()) {
        StoredDocument document = row(cursor.next()).document();
        found.add(document);
        bytes += LogTail.bytes(document);
        if (found.size() == limit || bytes >= SCAN_BYTES) {
          return new DocumentScan(found, name(document.id()));
        }
      }
    }
    return new DocumentScan(found, "");
  }

  /** Owners and collections hold no control characters. */
  private static String name(DocumentId id) {
    return id.owner().text() + "\n" + id.collection().value() + "\n" + id.key().value();
  }

  private static DocumentId named(String name) {
    String[] parts = name.split("\n", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("a piece begins where another ended");
    }
    return new DocumentId(
        Owner.parse(parts[0]), new CollectionName(parts[1]), new DocumentKey(parts[2]));
  }

  /** The documents of {@code owner}, marks left out. */
  List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
    List<DocumentId> found = new ArrayList<>();
    for (Document row :
        collection
            .find(
                ofOwner(owner, after).append("state", new Document("$in", List.of(LIVE, DELETED))))
            .sort(Sorts.ascending("_id"))
            .projection(STATE)
            .limit(limit)) {
      found.add(row(row).document().id());
    }
    return found;
  }

  /** Whether {@code owner} has documents that are not deleted. */
  boolean hasLive(Owner owner) {
    return collection
            .find(ofOwner(owner, Optional.empty()).append("state", LIVE))
            .projection(STATE)
            .first()
        != null;
  }

  /** The rows of {@code owner} that are erased as of {@code upTo}, some of them. */
  List<Row> erased(Owner owner, HybridTimestamp upTo, Optional<DocumentId> after, int limit) {
    List<Row> found = new ArrayList<>();
    for (Document row :
        collection
            .find(
                ofOwner(owner, after)
                    .append("state", DELETED)
                    .append("revision", new Document("$lte", upTo.toString()))
                    .append("record", new Binary(StoredDocument.NOTHING.toArray())))
            .sort(Sorts.ascending("_id"))
            .projection(STATE)
            .limit(limit)) {
      found.add(row(row));
    }
    return found;
  }

  /** The documents in whose records {@code text} stands; reads all records. */
  List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
    List<DocumentId> found = new ArrayList<>();
    Document all = new Document("application", application.value());
    after.ifPresent(id -> all.append("_id", new Document("$gt", key(id))));
    for (Document row :
        collection
            .find(all)
            .sort(Sorts.ascending("_id"))
            .projection(Projections.exclude("wire", "history"))
            .batchSize(10_000)) {
      Row read = row(row);
      if (!read.forgotten() && read.document().record().contains(text)) {
        found.add(read.document().id());
        if (found.size() == limit) {
          break;
        }
      }
    }
    return found;
  }

  /** The rows of {@code owner} after a place, which stand together in the order of their names. */
  private Document ofOwner(Owner owner, Optional<DocumentId> after) {
    Document first = after.map(this::key).orElseGet(() -> name(owner.text(), "", ""));
    Document last = name(owner.text() + "\0", "", "");
    return new Document("_id", new Document("$gt", first).append("$lt", last))
        .append("application", application.value());
  }

  void write(Commit commit) {
    GuardedWrites writes = new GuardedWrites(collection);
    for (StoredDocument document : commit.documents()) {
      Document row =
          keyed(document.id())
              .append("state", document.deleted() ? DELETED : LIVE)
              .append("revision", document.revision().toString())
              .append("number", commit.number())
              .append("size", document.wire().length())
              .append("wire", new Binary(document.wire().toArray()))
              .append("record", new Binary(document.record().toArray()))
              .append("history", new Binary(document.history().toArray()));
      if (!document.terms().equals(Terms.NONE)) {
        row.append(TERMS, document.terms().text());
      }
      writes.add(keyed(document.id()), "number", row, LogTail.bytes(document));
    }
    writes.flush();
  }

  /** The application stands beside the key too: it is what a cluster would be partitioned by. */
  Document keyed(DocumentId id) {
    return new Document("_id", key(id)).append("application", application.value());
  }

  private Document key(DocumentId id) {
    return name(id.owner().text(), id.collection().value(), id.key().value());
  }

  private Document name(String owner, String collection, String key) {
    return new Document("application", application.value())
        .append("owner", owner)
        .append("collection", collection)
        .append("key", key);
  }

  static Row row(Document stored) {
    Document key = stored.get("_id", Document.class);
    DocumentId id =
        new DocumentId(
            Owner.parse(key.getString("owner")),
            new CollectionName(key.getString("collection")),
            new DocumentKey(key.getString("key")));
    int state = stored.get("state", Number.class).intValue();
    boolean forgotten = state == FORGOTTEN;
    return new Row(
        stored.get("number", Number.class).longValue(),
        forgotten,
        new StoredDocument(
            id,
            forgotten ? HybridTimestamp.ZERO : HybridTimestamp.parse(stored.getString("revision")),
            state != LIVE,
            bytes(stored, "wire"),
            bytes(stored, "record"),
            bytes(stored, "history"),
            stored.get(TERMS) instanceof String terms ? Terms.parse(terms) : Terms.NONE));
  }

  private static Bytes bytes(Document stored, String field) {
    return stored.get(field) instanceof Binary binary
        ? Bytes.copyOf(binary.getData())
        : Bytes.EMPTY;
  }
}
