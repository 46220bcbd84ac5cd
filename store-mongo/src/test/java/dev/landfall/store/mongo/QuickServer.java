package dev.landfall.store.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * mongo-java-server has no indexes but unique ones: it looks through all documents for most
 * requests, with care. Here it takes a closer look only at those that a {@link QuickIndex} names,
 * and of those only at the ones of the application, owner or feed that is asked for; what is found
 * is the same.
 */
class QuickServer extends MemoryBackend {
  @Override
  public MemoryDatabase openOrCreateDatabase(String name) {
    return new QuickDatabase(name, getCursorRegistry());
  }

  private static final class QuickDatabase extends MemoryDatabase {
    QuickDatabase(String name, CursorRegistry cursors) {
      super(name, cursors);
    }

    @Override
    protected MemoryCollection openOrCreateCollection(String name, CollectionOptions options) {
      return new QuickCollection(this, name, options, cursorRegistry);
    }
  }

  private static final class QuickCollection extends MemoryCollection {
    private final QuickIndex index = new QuickIndex();

    QuickCollection(
        MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
      super(database, name, options, cursors);
    }

    @Override
    protected Integer addDocumentInternal(Document document) {
      Integer position = super.addDocumentInternal(document);
      index.add(document, position);
      return position;
    }

    @Override
    protected void removeDocument(Integer position) {
      index.remove(getDocument(position), position);
      super.removeDocument(position);
    }

    @Override
    protected void handleUpdate(Integer position, Document before, Document after) {
      super.handleUpdate(position, before, after);
      index.remove(before, position);
      index.add(after, position);
    }

    @Override
    protected QueryResult matchDocuments(
        Document query, Document order, int skip, int limit, int batch, Document fields) {
      Optional<TreeSet<Integer>> some = index.candidates(query);
      return some.isEmpty()
          ? super.matchDocuments(query, order, skip, limit, batch, fields)
          : super.matchDocuments(query, some.get(), order, skip, limit, batch, fields);
    }

    @Override
    protected QueryResult matchDocuments(
        Document query,
        Iterable<Integer> places,
        Document order,
        int skip,
        int limit,
        int batch,
        Document fields) {
      if (query.size() != 1
          || !(query.get("_id") instanceof Document id)
          || id.size() != 1
          || !(id.get("$in") instanceof Collection<?> some)) {
        return super.matchDocuments(query, places, order, skip, limit, batch, fields);
      }
      Set<Object> wanted = new HashSet<>(some);
      List<Integer> found = new ArrayList<>();
      for (Integer place : places) {
        Document document = getDocument(place);
        if (wanted.contains(document.get("_id")) || documentMatchesQuery(document, query)) {
          found.add(place);
        }
      }
      return super.matchDocuments(new Document(), found, order, skip, limit, batch, fields);
    }

    @Override
    protected boolean documentMatchesQuery(Document document, Document query) {
      return !differs(document, query) && super.documentMatchesQuery(document, query);
    }
  }

  /** Whether a text stands where another is asked for; nothing is said of what is not a text. */
  private static boolean differs(Object found, Object wanted) {
    if (found instanceof String text) {
      return wanted instanceof String other ? !text.equals(other) : isNoneOf(text, wanted);
    }
    if (!(found instanceof Document document) || !(wanted instanceof Document query)) {
      return false;
    }
    for (Map.Entry<String, Object> field : query.entrySet()) {
      boolean isOperator = field.getKey().startsWith("$");
      if (!isOperator && differs(document.get(field.getKey()), field.getValue())) {
        return true;
      }
    }
    return isNoneOf(document, query);
  }

  private static boolean isNoneOf(Object found, Object wanted) {
    if (wanted instanceof Document query && query.get("$in") instanceof Collection<?> some) {
      for (Object one : some) {
        if (!differs(found, one)) {
          return false;
        }
      }
      return true;
    }
    return false;
  }
}
