package dev.landfall.store.tck;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import java.util.Set;

/** A store under test. */
public interface StoreSubject {
  /** The store: empty when a test begins, the same one during the test. */
  StoreBackend backend();

  /** One of its applications. */
  default ApplicationStore todo() {
    return backend().application(new ApplicationName("todo"));
  }

  /** The document with that id, which must be there. */
  static StoredDocument stored(ApplicationStore store, DocumentId id) {
    StoredDocument stored = store.find(Set.of(id)).get(id);
    if (stored == null) {
      throw new AssertionError(id + " is missing");
    }
    return stored;
  }
}
