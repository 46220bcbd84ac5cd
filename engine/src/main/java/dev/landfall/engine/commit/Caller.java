package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.problem.SyncException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who makes a request, in which context: for the documents of their own, or of an organisation.
 *
 * @param owner whose documents the request is about: the user, or an organisation of theirs
 * @param deliversPublic whether what everybody reads is in the feeds
 */
public record Caller(
    ApplicationName application,
    UserId user,
    Owner owner,
    boolean deliversPublic,
    Admission admission) {
  /** As whom the caller reads in this context. */
  Set<Principal> principals() {
    Set<Principal> principals = new LinkedHashSet<>();
    principals.add(owner);
    principals.add(Everybody.EVERYBODY);
    return principals;
  }

  /** The feeds of a collection that are delivered to the caller. */
  public Set<Feed> feeds(CollectionName collection) {
    Set<Feed> feeds = new LinkedHashSet<>();
    for (Principal principal : principals()) {
      if (deliversPublic || principal != Everybody.EVERYBODY) {
        feeds.add(new Feed(principal, collection));
      }
    }
    return feeds;
  }

  /** The feeds of a collection that the caller may search in. */
  public Set<Feed> searchedFeeds(CollectionName collection) {
    Set<Feed> feeds = new LinkedHashSet<>();
    principals().forEach(principal -> feeds.add(new Feed(principal, collection)));
    return feeds;
  }

  /**
   * The documents of others under {@code keys} that the caller may read in this context: known from
   * the feeds, so that it costs the same whatever there is under these keys, and nothing of a
   * document has been loaded when it is decided that it is not there for the caller.
   */
  public Set<DocumentId> foreign(
      ApplicationStore store, CollectionName collection, Set<DocumentKey> keys) {
    if (keys.isEmpty()) {
      return Set.of();
    }
    Set<DocumentId> foreign = new LinkedHashSet<>(store.foreign(searchedFeeds(collection), keys));
    foreign.removeIf(id -> id.owner().equals(owner));
    return foreign;
  }

  /**
   * Where to look for a document, if the caller may look: it is their own in this context, or one
   * that they read. An id of an owner does not say whether it is a user's or an organisation's.
   */
  public Optional<DocumentId> placeOf(ApplicationStore store, DocumentId id) {
    if (id.owner().equals(owner)) {
      return Optional.of(id);
    }
    return foreign(store, id.collection(), Set.of(id.key())).stream()
        .filter(one -> one.owner().value().equals(id.owner().value()))
        .findFirst();
  }

  /**
   * Finds that the caller still may act here. To be asked after the commit before is known: who
   * loses the right makes sure that another commit follows.
   *
   * @throws SyncException if not
   */
  public void admit() {
    admission.check(user, owner);
  }

  /** Whether the document is the caller's, in this context. */
  public boolean owns(Document document) {
    return document.id().owner().equals(owner);
  }

  public boolean reads(Document document) {
    return reads(document.id().owner(), document.index().sharing());
  }

  public boolean reads(Owner of, Sharing sharing) {
    Set<Principal> readers = sharing.readers(of, application);
    return principals().stream().anyMatch(readers::contains);
  }

  /**
   * Since when the caller reads a document that they may not write; empty if all there was of it is
   * theirs to read.
   */
  public Optional<HybridTimestamp> readsSince(Document document) {
    return writes(document)
        ? Optional.empty()
        : document.index().sharing().since(principals(), application);
  }

  public boolean writes(Document document) {
    return owns(document)
        || (!(owner instanceof OrganisationId)
            && document.index().sharing().lets(user, application));
  }
}
