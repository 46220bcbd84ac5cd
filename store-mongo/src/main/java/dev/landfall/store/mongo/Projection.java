package dev.landfall.store.mongo;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.Owner;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.Document;

/**
 * What follows from the log. Applying a commit twice, late, or after later ones changes nothing:
 * each row is replaced only by one of a later commit.
 */
final class Projection {
  private static final int MAX_KNOWN = 50_000;

  private final ApplicationName application;
  private final Database database;
  private final Documents documents;
  private final FeedEntries entries;
  private final TermRows terms;

  /** Namespaces that this node has seen in the database. */
  private final Set<Namespace> known = ConcurrentHashMap.newKeySet();

  Projection(ApplicationName application, Database database) {
    this.application = application;
    this.database = database;
    this.documents = new Documents(application, database.documents());
    this.entries = new FeedEntries(application, database.entries());
    this.terms = new TermRows(application, database.entries());
  }

  private record Namespace(Owner owner, CollectionName collection)
      implements Comparable<Namespace> {
    @Override
    public int compareTo(Namespace other) {
      int order = collection.compareTo(other.collection);
      return order != 0 ? order : owner.text().compareTo(other.owner.text());
    }
  }

  Documents documents() {
    return documents;
  }

  FeedEntries entries() {
    return entries;
  }

  /** The documents first: whoever sees an entry finds its document. */
  void apply(Commit commit) {
    if (commit.documents().isEmpty()) {
      return;
    }
    enterNamespaces(commit);
    documents.write(commit);
    entries.write(commit);
    terms.write(commit);
  }

  /** What serves searches. */
  TermRows terms() {
    return terms;
  }

  private void enterNamespaces(Commit commit) {
    List<Namespace> names = new ArrayList<>();
    for (StoredDocument document : commit.documents()) {
      Namespace name = new Namespace(document.id().owner(), document.id().collection());
      if (!document.isErased() && !known.contains(name) && !names.contains(name)) {
        names.add(name);
      }
    }
    if (names.isEmpty()) {
      return;
    }
    CommitLog.insertMissing(
        database.namespaces(),
        names.stream()
            .map(name -> owned(name.owner()).append("collection", name.collection().value()))
            .toList());
    if (known.size() > MAX_KNOWN) {
      known.clear();
    }
    known.addAll(names);
  }

  /** Looks again for the namespaces of owners whose documents are erased in {@code commit}. */
  void forgetNamespacesOfErased(Commit commit) {
    for (StoredDocument document : commit.documents()) {
      if (document.isErased()) {
        forgetNamespaces(document.id().owner());
      }
    }
  }

  private void forgetNamespaces(Owner owner) {
    known.removeIf(name -> name.owner().equals(owner));
  }

  /** Looks again for all namespaces. */
  void forgetNamespaces() {
    known.clear();
  }

  /** Removes the names of the collections of an owner who has no documents any more. */
  void removeNamespaces(Owner owner) {
    if (!documents.hasLive(owner)) {
      database.namespaces().deleteMany(owned(owner));
      forgetNamespaces(owner);
    }
  }

  /** The namespaces of {@code owner}. */
  List<CollectionName> collections(Owner owner, int limit) {
    List<CollectionName> found = new ArrayList<>();
    for (Document row :
        database.namespaces().find(owned(owner)).limit(limit).batchSize(limit + 1)) {
      found.add(new CollectionName(row.getString("collection")));
    }
    return found;
  }

  private Document owned(Owner owner) {
    return new Document("application", application.value()).append("owner", owner.text());
  }
}
