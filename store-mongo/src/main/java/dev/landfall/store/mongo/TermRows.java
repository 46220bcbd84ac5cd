package dev.landfall.store.mongo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateManyModel;
import com.mongodb.client.model.WriteModel;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The terms in the rows of feed entries: those that a commit enters have them from the beginning,
 * and a commit that has documents without entries gives others to the rows that are there. So such
 * a commit is applied after all before it, when no row of theirs is still to come. {@code indexed}
 * is the number of the last such commit, apart from the one of the entry.
 */
final class TermRows {
  static final String TERMS = "terms";

  private static final String INDEXED = "indexed";
  private static final int CHUNK = 500;
  private static final Bson WITHOUT_TERMS =
      Projections.fields(Projections.excludeId(), Projections.exclude(TERMS));

  private final ApplicationName application;
  private final MongoCollection<Document> collection;

  TermRows(ApplicationName application, MongoCollection<Document> collection) {
    this.application = application;
    this.collection = collection;
  }

  /** The terms of an entry that is being written. */
  static void append(Document row, Terms terms) {
    if (!terms.equals(Terms.NONE)) {
      row.append(TERMS, terms.values());
    }
  }

  /** Whether every commit before has to be applied before {@code commit}. */
  static boolean needsAllBefore(Commit commit) {
    return !withoutEntries(commit).isEmpty();
  }

  private static List<StoredDocument> withoutEntries(Commit commit) {
    Set<DocumentId> entered = new HashSet<>(commit.entries().size() * 2);
    for (FeedEntry entry : commit.entries()) {
      entered.add(entry.document());
    }
    return commit.documents().stream().filter(stored -> !entered.contains(stored.id())).toList();
  }

  /** Gives the documents without entries other terms wherever they stand. */
  void write(Commit commit) {
    List<WriteModel<Document>> chunk = new ArrayList<>();
    for (StoredDocument document : withoutEntries(commit)) {
      chunk.add(change(document, commit.number()));
      if (chunk.size() == CHUNK) {
        collection.bulkWrite(chunk, new BulkWriteOptions().ordered(false));
        chunk.clear();
      }
    }
    if (!chunk.isEmpty()) {
      collection.bulkWrite(chunk, new BulkWriteOptions().ordered(false));
    }
  }

  private UpdateManyModel<Document> change(StoredDocument document, long number) {
    Document rows =
        places(document.id())
            .append("kind", EntryRow.CHANGED)
            .append("number", new Document("$lt", number))
            .append(INDEXED, new Document("$not", new Document("$gte", number)));
    Document set = new Document(INDEXED, number);
    return document.terms().equals(Terms.NONE)
        ? new UpdateManyModel<>(
            rows, new Document("$set", set).append("$unset", new Document(TERMS, "")))
        : new UpdateManyModel<>(
            rows, new Document("$set", set.append(TERMS, document.terms().values())));
  }

  /** The first rows in a part of the feeds that have terms as {@code query} asks for. */
  List<EntryRow> search(
      Collection<Feed> feeds, TermQuery query, String after, String upTo, int limit) {
    List<Document> elements = new ArrayList<>();
    elements.add(new Document("position", new Document("$gt", after).append("$lte", upTo)));
    query.all().forEach(any -> elements.add(anyOf(any)));
    List<EntryRow> found = new ArrayList<>();
    for (Document row :
        collection
            .find(filter(feeds, elements))
            .projection(WITHOUT_TERMS)
            .sort(Sorts.ascending("position"))
            .limit(limit)
            .batchSize(limit + 1)) {
      found.add(EntryRow.of(row));
    }
    return found;
  }

  /**
   * The term of about the {@code entries}th row in a range, as the index has it; empty if there are
   * no more. From the end of the range its rows have to be counted.
   */
  Optional<String> divide(Feed feed, TermRange range, boolean backwards, int entries) {
    Document filter = filter(List.of(feed), List.of(within(range)));
    long before = entries - 1L;
    if (backwards) {
      before = collection.countDocuments(filter) - entries;
    }
    if (before < 0) {
      return Optional.empty();
    }
    List<Document> rows = new ArrayList<>();
    collection
        .find(filter)
        .hintString(Schema.TERMS_INDEX)
        .projection(Projections.fields(Projections.excludeId(), Projections.include(TERMS)))
        .skip((int) Math.min(before, Integer.MAX_VALUE))
        .limit(2)
        .into(rows);
    if (rows.isEmpty() || (!backwards && rows.size() < 2) || (backwards && before == 0)) {
      return Optional.empty();
    }
    return rows.get(0).getList(TERMS, String.class).stream()
        .filter(term -> range.from().compareTo(term) <= 0 && term.compareTo(range.to()) < 0)
        .findFirst();
  }

  /** Where {@code documents} stand in {@code feeds}, one request for 500 of them. */
  List<EntryRow> find(Collection<Feed> feeds, Collection<DocumentId> documents) {
    List<EntryRow> found = new ArrayList<>();
    List<Document> places = new ArrayList<>();
    for (DocumentId document : documents) {
      for (Feed feed : feeds) {
        places.add(
            places(document)
                .append("reader", feed.reader().text())
                .append("feed", feed.collection().value()));
        if (places.size() == CHUNK) {
          find(places, found);
          places.clear();
        }
      }
    }
    find(places, found);
    return found;
  }

  private void find(List<Document> places, List<EntryRow> found) {
    if (!places.isEmpty()) {
      for (Document row :
          collection
              .find(new Document("$or", places).append("kind", EntryRow.CHANGED))
              .projection(WITHOUT_TERMS)
              .batchSize(places.size() + 1)) {
        found.add(EntryRow.of(row));
      }
    }
  }

  private Document places(DocumentId id) {
    return new Document("application", application.value())
        .append("owner", id.owner().text())
        .append("collection", id.collection().value())
        .append("key", id.key().value());
  }

  private Document filter(Collection<Feed> feeds, List<Document> elements) {
    List<Document> each = new ArrayList<>(feeds.size());
    for (Feed feed : feeds) {
      each.add(
          new Document("application", application.value())
              .append("reader", feed.reader().text())
              .append("feed", feed.collection().value())
              .append("$and", elements));
    }
    return each.size() == 1 ? each.get(0) : new Document("$or", each);
  }

  private static Document anyOf(List<TermRange> ranges) {
    if (ranges.stream().allMatch(TermRange::isOneTerm)) {
      return new Document(
          TERMS, new Document("$in", ranges.stream().map(TermRange::from).toList()));
    }
    List<Document> each = ranges.stream().map(TermRows::within).toList();
    return each.size() == 1 ? each.get(0) : new Document("$or", each);
  }

  private static Document within(TermRange range) {
    Document ends = new Document("$gte", range.from()).append("$lt", range.to());
    return new Document(TERMS, new Document("$elemMatch", ends));
  }
}
