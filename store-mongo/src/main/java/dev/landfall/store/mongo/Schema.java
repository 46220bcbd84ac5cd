package dev.landfall.store.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.result.UpdateResult;
import dev.landfall.api.store.StoreConfigurationException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Logger;
import org.bson.Document;

/**
 * The indexes, and how they came to be. {@code meta} counts the steps that the database has taken.
 * Each step can be taken twice, and by several nodes at once. The unique indexes are what the store
 * rests on; the partial ones only make it fast, so a server may ignore the filter.
 */
final class Schema {
  /** The index of the terms in entries. */
  static final String TERMS_INDEX = "entries_terms";

  private static final Logger LOG = Logger.getLogger(Schema.class.getName());

  /**
   * How servers say that they do not have something: BadValue, CommandNotFound, CannotCreateIndex,
   * InvalidOptions, CommandNotSupported, InvalidIndexSpecificationOption, NotImplemented.
   */
  private static final Set<Integer> REFUSALS = Set.of(2, 59, 67, 72, 115, 197, 238);

  private static final List<Consumer<Database>> STEPS = List.of(Schema::indexes, Schema::terms);

  private Schema() {}

  /**
   * Takes the steps that the database has not taken yet.
   *
   * @throws StoreConfigurationException if it is from a later version; it is unchanged
   */
  static void bringUpToDate(Database database, String name) {
    int version = version(database);
    if (version > STEPS.size()) {
      throw new StoreConfigurationException(
          MongoProvider.DATABASE,
          "'"
              + name
              + "' was written by a newer version of this server: its schema is "
              + version
              + ", this version knows "
              + STEPS.size());
    }
    for (int step = version; step < STEPS.size(); step++) {
      STEPS.get(step).accept(database);
      record(database, step + 1);
    }
  }

  /**
   * That the server lacks something.
   *
   * @param feature what it is asked for
   */
  private static StoreConfigurationException lacks(String feature, MongoCommandException refusal) {
    return new StoreConfigurationException(
        MongoProvider.URI,
        "the server refuses "
            + feature
            + ", which this store needs ("
            + Requests.kind(refusal)
            + ")");
  }

  private static int version(Database database) {
    Document schema = database.meta().find(new Document("_id", "schema")).first();
    return schema == null ? 0 : schema.getInteger("version");
  }

  private static void record(Database database, int version) {
    UpdateResult updated =
        database
            .meta()
            .updateOne(
                new Document("_id", "schema").append("version", version - 1),
                new Document("$set", new Document("version", version)));
    if (updated.getMatchedCount() == 0 && version == 1) {
      try {
        database.meta().insertOne(new Document("_id", "schema").append("version", version));
      } catch (MongoWriteException e) {
        if (e.getCode() != Requests.DUPLICATE_KEY) {
          throw e;
        } // another node has just taken the same step
      }
    }
  }

  private static void indexes(Database database) {
    index(database.log(), "log_number", new IndexOptions(), "application", "number");
    index(database.log(), "log_epoch", new IndexOptions(), "application", "epoch", "number");
    unique(database.parts(), "parts_part", "application", "number", "token", "part");
    index(
        database.documents(),
        "documents_deleted",
        new IndexOptions().partialFilterExpression(atLeastOne("state")),
        "application",
        "state",
        "revision");
    unique(
        database.entries(),
        "entries_place",
        "application",
        "owner",
        "collection",
        "key",
        "reader",
        "feed");
    index(
        database.entries(),
        "entries_position",
        new IndexOptions(),
        "application",
        "reader",
        "feed",
        "position");
    index(
        database.entries(),
        "entries_foreign",
        new IndexOptions(),
        "application",
        "reader",
        "feed",
        "foreignKey");
    index(
        database.entries(),
        "entries_revoked",
        new IndexOptions().partialFilterExpression(atLeastOne("kind")),
        "application",
        "kind",
        "position");
    unique(database.namespaces(), "namespaces_name", "application", "owner", "collection");
    unique(database.epochs(), "epochs_epoch", "application", "epoch");
    unique(database.directory(), "directory_name", "kind", "order");
  }

  private static void terms(Database database) {
    index(
        database.entries(),
        TERMS_INDEX,
        new IndexOptions(),
        "application",
        "reader",
        "feed",
        TermRows.TERMS);
  }

  private static Document atLeastOne(String field) {
    return new Document(field, new Document("$gte", 1));
  }

  private static void unique(MongoCollection<Document> collection, String name, String... fields) {
    index(collection, name, new IndexOptions().unique(true), fields);
  }

  private static void index(
      MongoCollection<Document> collection, String name, IndexOptions options, String... fields) {
    Document keys = new Document();
    for (String field : fields) {
      keys.append(field, 1);
    }
    try {
      collection.createIndex(keys, options.name(name));
    } catch (MongoCommandException e) {
      if (!REFUSALS.contains(e.getCode())) {
        throw e;
      }
      if (options.getPartialFilterExpression() == null) {
        throw lacks((options.isUnique() ? "the unique index '" : "the index '") + name + "'", e);
      }
      LOG.warning(
          () ->
              "The MongoDB server refuses the partial index '"
                  + name
                  + "' ("
                  + Requests.kind(e)
                  + "); it gets one of everything instead, which is larger");
      index(collection, name, new IndexOptions(), fields);
    }
  }
}
