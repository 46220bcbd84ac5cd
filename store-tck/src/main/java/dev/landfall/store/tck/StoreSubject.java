package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.END_OF_TIME;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** What {@code query} finds, piece by piece; empty if it is more than {@code limit}. */
  static Optional<List<FeedEntry>> search(
      ApplicationStore store, Set<Feed> feeds, TermQuery query, int limit) {
    List<FeedEntry> found = new ArrayList<>();
    HybridTimestamp after = HybridTimestamp.ZERO;
    while (found.size() <= limit) {
      FoundPage page = store.search(feeds, query, after, END_OF_TIME, limit).orElseThrow();
      found.addAll(page.entries());
      if (!page.more()) {
        break;
      }
      after = page.last();
    }
    return found.size() > limit ? Optional.empty() : Optional.of(found);
  }
}
