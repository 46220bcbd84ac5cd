package dev.landfall.store.mongo;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.connection.ClusterType;
import org.bson.Document;

/**
 * The collections, with the concerns that the topology asks for: on a replica set or behind a
 * router a write is acknowledged when a majority has it in its journals, which not every
 * configuration of a set says of a majority by itself, and only what a majority has is read; a
 * server alone acknowledges what is in its journal.
 *
 * @param log the commits
 * @param parts pieces of commits that are too large for one document
 * @param documents the latest version of each document
 * @param entries where documents stand in feeds, and the horizons of feeds
 * @param namespaces which owner has had documents in which collections
 * @param epochs the last clocks of epochs that are no longer in the log
 * @param directory the small records
 * @param meta the version of the schema
 */
record Database(
    MongoCollection<Document> log,
    MongoCollection<Document> parts,
    MongoCollection<Document> documents,
    MongoCollection<Document> entries,
    MongoCollection<Document> namespaces,
    MongoCollection<Document> epochs,
    MongoCollection<Document> directory,
    MongoCollection<Document> meta) {

  static Database of(MongoDatabase database, ClusterType topology) {
    boolean alone = topology == ClusterType.STANDALONE || topology == ClusterType.UNKNOWN;
    MongoDatabase safe =
        database
            .withReadPreference(ReadPreference.primary())
            .withReadConcern(alone ? ReadConcern.DEFAULT : ReadConcern.MAJORITY)
            .withWriteConcern(
                alone ? WriteConcern.JOURNALED : WriteConcern.MAJORITY.withJournal(true));
    return new Database(
        safe.getCollection("log"),
        safe.getCollection("parts"),
        safe.getCollection("documents"),
        safe.getCollection("entries"),
        safe.getCollection("namespaces"),
        safe.getCollection("epochs"),
        safe.getCollection("directory"),
        safe.getCollection("meta"));
  }
}
