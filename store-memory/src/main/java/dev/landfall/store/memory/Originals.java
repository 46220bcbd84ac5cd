package dev.landfall.store.memory;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.StoredDocument;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has documents share what many of them say alike: owner, collection and the node of the clocks.
 * Each request brings copies of its own. Guarded by the lock of its application.
 */
final class Originals {
  private final Map<Owner, Names> owners = new HashMap<>();

  /** What the documents of an owner share. */
  private static final class Names {
    private final Owner owner;
    private final Map<CollectionName, Node> collections = new HashMap<>();

    Names(Owner owner) {
      this.owner = owner;
    }
  }

  /** The node of the last clock in a collection. */
  private static final class Node {
    private final CollectionName collection;
    private String node = "";

    Node(CollectionName collection) {
      this.collection = collection;
    }
  }

  /**
   * The same document, made of what others are made of.
   *
   * @param stored what it replaces; null if there is nothing
   */
  StoredDocument sharing(StoredDocument document, @Nullable StoredDocument stored) {
    DocumentId id = document.id();
    Names names = owners.computeIfAbsent(id.owner(), Names::new);
    Node place = names.collections.computeIfAbsent(id.collection(), Node::new);
    HybridTimestamp revision = document.revision();
    if (revision.node().equals(place.node)) {
      revision = new HybridTimestamp(revision.millis(), revision.sequence(), place.node);
    } else {
      place.node = revision.node();
    }
    return new StoredDocument(
        stored == null ? new DocumentId(names.owner, place.collection, id.key()) : stored.id(),
        revision,
        document.deleted(),
        document.wire(),
        document.record(),
        document.history(),
        document.terms());
  }

  /** Nothing is left of {@code owner}. */
  void forget(Owner owner) {
    owners.remove(owner);
  }
}
