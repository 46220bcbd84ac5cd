package dev.landfall.store.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
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

    /** Whether one text is asked for and another stands there. */
    private static boolean differs(Document document, Document query) {
      for (Map.Entry<String, Object> wanted : query.entrySet()) {
        if (wanted.getValue() instanceof String text
            && document.get(wanted.getKey()) instanceof String other
            && !other.equals(text)) {
          return true;
        }
      }
      return false;
    }
  }
}
