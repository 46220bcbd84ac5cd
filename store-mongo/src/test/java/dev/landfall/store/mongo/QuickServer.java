package dev.landfall.store.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Collection;
import java.util.Map;

/**
 * mongo-java-server has no indexes but unique ones: it looks through all documents for most
 * requests, with care. Here it takes a closer look only at those of the application, owner or feed
 * that is asked for; what is found is the same.
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
    QuickCollection(
        MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
      super(database, name, options, cursors);
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
