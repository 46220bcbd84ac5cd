package dev.landfall.client;

import dev.landfall.client.replica.DocumentAddress;
import dev.landfall.engine.query.SortPosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * What a query finds, kept up to date: a change of one document costs that this one is looked at
 * again. It follows the collection as long as somebody listens.
 */
final class LiveQuery<T> implements SyncedAtom.Follower, Flow.Publisher<Result<T>> {
  private final SyncedCollection<T> collection;
  private final Query<T> query;
  private final ConflatingPublisher<Result<T>> results;

  // What is found, in order; the lock of the collection is held.
  private final TreeMap<SortPosition, DocumentAddress> found;
  private final Map<DocumentAddress, SortPosition> places = new LinkedHashMap<>();
  private final Map<DocumentAddress, T> documents = new LinkedHashMap<>();
  private boolean isFollowing;
  private volatile boolean isChanged;
  private volatile @Nullable Result<T> last;

  LiveQuery(SyncedCollection<T> collection, Query<T> query, Executor callbacks) {
    this.collection = collection;
    this.query = query;
    this.found = new TreeMap<>(query.comparator());
    this.results = new ConflatingPublisher<>(this::result, callbacks, this::rest);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Result<T>> subscriber) {
    collection
        .atom()
        .locked(
            () -> {
              if (!isFollowing) {
                isFollowing = true;
                renewed();
                collection.atom().follow(this);
              }
              results.subscribe(subscriber);
            });
  }

  @Override
  public void renewed() {
    found.clear();
    places.clear();
    documents.clear();
    touched(collection.atom().reading(copies -> copies.keySet()));
    isChanged = true;
  }

  @Override
  public void touched(Set<DocumentAddress> addresses) {
    for (DocumentAddress address : addresses) {
      SortPosition before = places.remove(address);
      if (before != null) {
        found.remove(before);
      }
      Optional<SyncedCollection.Row<T>> row =
          collection.row(address).filter(one -> query.matches(one.candidate()));
      if (row.isPresent()) {
        SortPosition place = query.position(row.get().candidate());
        found.put(place, address);
        places.put(address, place);
        T document = row.get().shown(query);
        if (!document.equals(documents.get(address))) {
          documents.put(address, document);
        }
        isChanged = true;
      } else if (before != null) {
        documents.remove(address);
        isChanged = true;
      }
    }
  }

  @Override
  public void tell() {
    if (isChanged) {
      results.changed();
    }
  }

  /** Nobody listens any more. */
  private void rest() {
    collection
        .atom()
        .locked(
            () -> {
              if (!results.hasSubscribers()) {
                isFollowing = false;
                collection.atom().unfollow(this);
              }
            });
  }

  @Override
  public void close() {
    results.close();
  }

  /** What is found now; the same object as before if it is the same. */
  private Result<T> result() {
    return collection
        .atom()
        .reading(
            copies -> {
              Result<T> known = last;
              if (known != null && !isChanged) {
                return known;
              }
              isChanged = false;
              Result<T> now = collection.page(query, found, documents, copies);
              if (known == null || !isSame(known, now)) {
                known = now;
                last = now;
              }
              return known;
            });
  }

  private static <T> boolean isSame(Result<T> a, Result<T> b) {
    return a.equals(b)
        && new ArrayList<>(a.found().keySet()).equals(new ArrayList<>(b.found().keySet()));
  }
}
