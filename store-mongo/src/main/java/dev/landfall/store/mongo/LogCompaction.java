package dev.landfall.store.mongo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/**
 * Makes the log shorter, some entries at a time. The content of an entry goes when it is long
 * applied. The rest of it stays for a week: as long as it stands there, a node that was paused
 * cannot commit anything under its number.
 */
final class LogCompaction {
  /** Every so many commits. */
  static final long INTERVAL = 200;

  /** How many entries keep their content. */
  static final long KEPT = 1_000;

  private static final int MOST = 2_000;
  private static final long WEEK_MILLIS = 7L * 24 * 60 * 60 * 1_000;

  private final String application;
  private final Database database;

  LogCompaction(ApplicationName application, Database database) {
    this.application = application.value();
    this.database = database;
  }

  /** A week before {@code clock}. */
  static HybridTimestamp weekBefore(HybridTimestamp clock) {
    return new HybridTimestamp(Math.max(0, clock.millis() - WEEK_MILLIS), 0, "0");
  }

  /**
   * Compacts what is before {@code floor}.
   *
   * @param floor a commit; all up to it are applied
   * @param clock of the last commit
   */
  void run(long floor, HybridTimestamp clock) {
    if (floor <= 0) {
      return;
    }
    Document upToFloor = numbers(new Document("$lte", floor));
    database
        .log()
        .updateMany(
            numbers(new Document("$gt", floor - MOST).append("$lte", floor)),
            new Document("$unset", new Document("content", "").append("parts", "")));
    database.parts().deleteMany(upToFloor);
    removeOld(upToFloor, weekBefore(clock).toString());
  }

  /**
   * Takes the content from every entry up to {@code floor}.
   *
   * @param floor what the last entry says is applied
   */
  void scrub(long floor) {
    Document upToFloor = numbers(new Document("$lte", floor));
    database
        .log()
        .updateMany(
            upToFloor, new Document("$unset", new Document("content", "").append("parts", "")));
    database.parts().deleteMany(upToFloor);
  }

  private void removeOld(Document upToFloor, String before) {
    MongoCollection<Document> log = database.log();
    Map<String, String> epochs = new HashMap<>();
    long last = 0;
    for (Document entry :
        log.find(upToFloor)
            .sort(Sorts.ascending("application", "number"))
            .projection(Projections.include("number", "clock", "epoch"))
            .limit(MOST)
            .batchSize(MOST + 1)) {
      if (entry.getString("clock").compareTo(before) >= 0) {
        break;
      }
      last = entry.get("number", Number.class).longValue();
      epochs.put(entry.getString("epoch"), entry.getString("clock"));
    }
    if (last == 0) {
      return;
    }
    epochs.forEach(this::keep);
    log.deleteMany(numbers(new Document("$lte", last)));
  }

  private void keep(String epoch, String clock) {
    Document key = new Document("application", application).append("epoch", epoch);
    CommitLog.insertMissing(database.epochs(), List.of(new Document(key).append("clock", clock)));
    database
        .epochs()
        .updateOne(
            new Document(key).append("clock", new Document("$lt", clock)),
            new Document("$set", new Document("clock", clock)),
            new UpdateOptions().upsert(false));
  }

  private Document numbers(Document range) {
    return new Document("application", application).append("number", range);
  }
}
