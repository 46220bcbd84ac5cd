package dev.landfall.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Tip;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/**
 * The log of one application. Inserting an entry is the commit; that no two have one number is the
 * database's to see to. What is too large for one document of 16 MiB is stored beforehand, in parts
 * that mean nothing until the entry refers to them.
 */
final class CommitLog {
  private static final int PART_BYTES = 8 << 20;
  private static final int NEXT = 8;
  private static final int PAGE = 100;
  private static final long PAGE_BYTES = 24L << 20;
  private static final Bson TIP = Projections.include("number", "clock", "applied");
  private static final Bson TOKEN = Projections.include("token");
  private static final Bson CLOCK = Projections.include("clock");

  private final String application;
  private final Database database;
  private final MongoCollection<Document> log;

  CommitLog(ApplicationName application, Database database) {
    this.application = application.value();
    this.database = database;
    this.log = database.log();
  }

  /**
   * The end of the log.
   *
   * @param applied up to which commit all were applied when the last was made
   */
  record End(Tip tip, long applied) {}

  /**
   * An entry.
   *
   * @param commit null if its content is no longer kept, which is so only long after it was applied
   */
  record Entry(@Nullable Commit commit, long applied) {}

  /** A piece of the log, and whether there may be more of it. */
  record Page(List<Entry> entries, boolean more) {}

  /**
   * Inserts the entry.
   *
   * @throws com.mongodb.MongoException if the number is taken, or for any other reason; then it may
   *     have happened
   */
  void insert(Commit commit, long applied) {
    byte[] content = CommitContent.encode(commit);
    Document entry =
        named(commit.number())
            .append("application", application)
            .append("number", commit.number())
            .append("clock", commit.clock().toString())
            .append("epoch", commit.epoch())
            .append("token", commit.token())
            .append("applied", applied);
    if (content.length <= PART_BYTES) {
      entry.append("content", new Binary(content));
    } else {
      entry.append("parts", storeParts(commit, content));
    }
    log.insertOne(entry);
  }

  private int storeParts(Commit commit, byte[] content) {
    int parts = 0;
    for (int from = 0; from < content.length; from += PART_BYTES) {
      byte[] part = Arrays.copyOfRange(content, from, Math.min(content.length, from + PART_BYTES));
      insertMissing(
          database.parts(),
          List.of(
              numbered(commit.number())
                  .append("token", commit.token())
                  .append("part", parts++)
                  .append("content", new Binary(part))));
    }
    return parts;
  }

  /** Inserts those of {@code rows} whose unique keys are free. */
  static void insertMissing(MongoCollection<Document> collection, List<Document> rows) {
    try {
      collection.insertMany(rows, new InsertManyOptions().ordered(false));
    } catch (MongoBulkWriteException e) {
      for (BulkWriteError error : e.getWriteErrors()) {
        if (error.getCode() != Requests.DUPLICATE_KEY) {
          throw e;
        }
      }
      if (e.getWriteConcernError() != null) {
        throw e;
      }
    }
  }

  /** Whose entry has that number. */
  Optional<String> token(long number) {
    return Optional.ofNullable(log.find(named(number)).projection(TOKEN).first())
        .map(entry -> entry.getString("token"));
  }

  /** The last entry. */
  Optional<End> end() {
    return Optional.ofNullable(
            log.find(new Document("application", application))
                .sort(Sorts.descending("application", "number"))
                .projection(TIP)
                .first())
        .map(
            entry ->
                new End(new Tip(number(entry, "number"), clock(entry)), number(entry, "applied")));
  }

  /** What {@link Tip} there was when {@code number} was the last. */
  Optional<Tip> tipAt(long number) {
    return Optional.ofNullable(log.find(named(number)).projection(CLOCK).first())
        .map(entry -> new Tip(number, clock(entry)));
  }

  /** The few entries that may come after {@code number}, looked up by their names. */
  Page after(long number) {
    List<Document> names = new ArrayList<>();
    for (int i = 1; i <= NEXT; i++) {
      names.add(name(number + i));
    }
    return page(new Document("_id", new Document("$in", names)), NEXT);
  }

  /** The entries after {@code number}, oldest first. */
  Page longAfter(long number) {
    return page(
        new Document("application", application).append("number", new Document("$gt", number)),
        PAGE);
  }

  private Page page(Document filter, int limit) {
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    for (Document entry :
        log.find(filter)
            .sort(Sorts.ascending("application", "number"))
            .limit(limit)
            .batchSize(limit + 1)) {
      byte[] content = content(entry);
      entries.add(
          new Entry(content == null ? null : commit(entry, content), number(entry, "applied")));
      bytes += content == null ? 0 : content.length;
      if (bytes >= PAGE_BYTES) {
        return new Page(entries, true);
      }
    }
    return new Page(entries, entries.size() == limit);
  }

  private byte @Nullable [] content(Document entry) {
    if (entry.get("content") instanceof Binary content) {
      return content.getData();
    }
    if (!(entry.get("parts") instanceof Number parts)) {
      return null;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int found = 0;
    for (Document part :
        database
            .parts()
            .find(numbered(number(entry, "number")).append("token", entry.getString("token")))
            .sort(Sorts.ascending("part"))) {
      whole.writeBytes(part.get("content", Binary.class).getData());
      found++;
    }
    return found == parts.intValue() ? whole.toByteArray() : null;
  }

  private static Commit commit(Document entry, byte[] content) {
    return CommitContent.decode(
        number(entry, "number"),
        clock(entry),
        entry.getString("epoch"),
        entry.getString("token"),
        content);
  }

  /** The clock of the last commit of {@code epoch}. */
  Optional<HybridTimestamp> lastOfEpoch(String epoch) {
    Document key = new Document("application", application).append("epoch", epoch);
    Document last =
        log.find(key).sort(Sorts.descending("number")).projection(CLOCK).limit(1).first();
    return Optional.ofNullable(last != null ? last : database.epochs().find(key).first())
        .map(CommitLog::clock);
  }

  /** The last clocks of all epochs. */
  Map<String, HybridTimestamp> epochs() {
    Map<String, HybridTimestamp> epochs = new HashMap<>();
    Document all = new Document("application", application);
    for (Document epoch : database.epochs().find(all)) {
      epochs.put(epoch.getString("epoch"), clock(epoch));
    }
    for (Document entry : log.find(all).projection(Projections.include("epoch", "clock"))) {
      epochs.merge(entry.getString("epoch"), clock(entry), HybridTimestamp::later);
    }
    return epochs;
  }

  private Document numbered(long number) {
    return new Document("application", application).append("number", number);
  }

  private Document named(long number) {
    return new Document("_id", name(number));
  }

  private Document name(long number) {
    return new Document("application", application).append("number", number);
  }

  private static HybridTimestamp clock(Document entry) {
    return HybridTimestamp.parse(entry.getString("clock"));
  }

  private static long number(Document entry, String field) {
    return entry.get(field, Number.class).longValue();
  }
}
