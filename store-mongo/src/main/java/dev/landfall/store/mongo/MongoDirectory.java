package dev.landfall.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Sorts;
import dev.landfall.api.Bytes;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bson.Document;
import org.bson.types.Binary;

/**
 * The directory. Records are found and listed under the hexadecimal digits of their name in UTF-8,
 * which every server sorts like code points. Each write carries a token of its own, so that after a
 * lost reply it is known whose write it was that took place.
 */
final class MongoDirectory implements Directory {
  private final MongoCollection<Document> records;

  MongoDirectory(MongoCollection<Document> records) {
    this.records = records;
  }

  @Override
  public Optional<DirectoryRecord> find(String kind, String name) {
    if (isNoName(name)) {
      return Optional.empty();
    }
    return Requests.attempt(
            "find in the directory",
            () -> Optional.ofNullable(records.find(named(kind, name)).first()))
        .map(MongoDirectory::record);
  }

  @Override
  public boolean write(DirectoryRecord record) {
    String token = UUID.randomUUID().toString();
    try {
      if (put(record, token)) {
        return true;
      }
    } catch (MongoException e) {
      if (e.getCode() != Requests.DUPLICATE_KEY && !isStored(record, token)) {
        throw Requests.unavailable("write to the directory", e);
      }
    }
    return isStored(record, token);
  }

  private boolean put(DirectoryRecord record, String token) {
    Document stored =
        named(record.kind(), record.name())
            .append("name", record.name())
            .append("version", record.version())
            .append("content", new Binary(record.content().toArray()))
            .append("token", token);
    return Requests.whileOpen(
        "write to the directory",
        () -> {
          if (record.version() == 1) {
            records.insertOne(stored);
            return true;
          }
          return records
                  .replaceOne(
                      named(record.kind(), record.name()).append("version", record.version() - 1),
                      stored)
                  .getMatchedCount()
              == 1;
        });
  }

  private boolean isStored(DirectoryRecord record, String token) {
    Document filter = named(record.kind(), record.name()).append("token", token);
    return Requests.attempt(
            "write to the directory", () -> Optional.ofNullable(records.find(filter).first()))
        .isPresent();
  }

  @Override
  public boolean remove(String kind, String name, long version) {
    if (isNoName(name)) {
      return false;
    }
    return Requests.attempt(
        "remove from the directory",
        () ->
            records.deleteOne(named(kind, name).append("version", version)).getDeletedCount() == 1);
  }

  @Override
  public List<DirectoryRecord> list(String kind, String after, int limit) {
    Document filter = new Document("kind", kind).append("order", new Document("$gt", order(after)));
    return Requests.attempt(
        "list the directory",
        () ->
            records
                .find(filter)
                .sort(Sorts.ascending("order"))
                .limit(limit)
                .batchSize(limit + 1)
                .map(MongoDirectory::record)
                .into(new ArrayList<>()));
  }

  /** The kinds of which there are records. */
  Set<String> kinds() {
    return Requests.attempt(
        "kinds", () -> records.distinct("kind", String.class).into(new HashSet<>()));
  }

  private static Document named(String kind, String name) {
    return new Document("kind", kind).append("order", order(name));
  }

  private static String order(String name) {
    return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
  }

  /** A lone surrogate would become a question mark. */
  private static boolean isNoName(String name) {
    return !StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }

  private static DirectoryRecord record(Document stored) {
    return new DirectoryRecord(
        stored.getString("kind"),
        stored.getString("name"),
        stored.get("version", Number.class).longValue(),
        Bytes.copyOf(stored.get("content", Binary.class).getData()));
  }
}
