package dev.landfall.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * Rows of one collection that are written only where an older one stands, or none: in any order, by
 * anybody, any number of times. For one thread.
 */
final class GuardedWrites {
  /** Below the largest message, and small enough to be written and replicated in time. */
  private static final long CHUNK_BYTES = 8L << 20;

  private static final int CHUNK_ROWS = 1_000;

  /** So many at once are new ones, mostly; for fewer a second request is not worth it. */
  private static final int MANY = 250;

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
  private static final ReplaceOptions UPSERT = new ReplaceOptions().upsert(true);

  private final MongoCollection<Document> collection;
  private final List<ReplaceOneModel<Document>> chunk = new ArrayList<>();
  private long bytes;

  GuardedWrites(MongoCollection<Document> collection) {
    this.collection = collection;
  }

  /**
   * Adds a row, and writes what has been added if that is enough for one request.
   *
   * @param key finds the row; a unique index covers it
   * @param guard the field that has to be less than in {@code row}
   * @param size roughly, in bytes
   */
  void add(Document key, String guard, Document row, long size) {
    Document filter = new Document(key).append(guard, new Document("$lt", row.get(guard)));
    chunk.add(new ReplaceOneModel<>(filter, row, UPSERT));
    bytes += size;
    if (bytes >= CHUNK_BYTES || chunk.size() >= CHUNK_ROWS) {
      flush();
    }
  }

  /** Writes the rest. */
  void flush() {
    if (chunk.isEmpty()) {
      return;
    }
    List<? extends WriteModel<Document>> first = chunk;
    if (chunk.size() >= MANY) {
      // Copies, because the driver gives what it inserts an _id.
      first =
          chunk.stream()
              .map(row -> new InsertOneModel<>(new Document(row.getReplacement())))
              .toList();
    }
    List<ReplaceOneModel<Document>> again = new ArrayList<>();
    for (int taken : write(first)) {
      // A newer row stands there, or an older one that was inserted at the same moment.
      ReplaceOneModel<Document> model = chunk.get(taken);
      again.add(new ReplaceOneModel<>(model.getFilter(), model.getReplacement()));
    }
    if (!again.isEmpty()) {
      write(again);
    }
    chunk.clear();
    bytes = 0;
  }

  /** Which of {@code models} met a row that they may not replace. */
  private List<Integer> write(List<? extends WriteModel<Document>> models) {
    try {
      collection.bulkWrite(models, UNORDERED);
      return List.of();
    } catch (MongoBulkWriteException e) {
      List<Integer> taken = new ArrayList<>();
      for (BulkWriteError error : e.getWriteErrors()) {
        if (error.getCode() != Requests.DUPLICATE_KEY) {
          throw e;
        }
        taken.add(error.getIndex());
      }
      if (e.getWriteConcernError() != null) {
        throw e;
      }
      return taken;
    }
  }
}
