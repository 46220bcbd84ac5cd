package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The documents of others in one pull: each once though it stands in several feeds, told with its
 * owner, gone only when no way to it is left, and kept from clients that would take it for their
 * own of the same key. For one thread.
 */
public final class SharedDocuments {
  private static final int MAX_DELIVERED = 10_000;

  private final ApplicationStore store;
  private final Caller caller;
  private final boolean owners;
  private final Map<DocumentId, StoredDocument> looked = new LinkedHashMap<>();
  private final Map<DocumentKey, List<DocumentId>> covered = new HashMap<>();
  private final Map<DocumentId, HybridTimestamp> delivered = new HashMap<>();
  private final List<DocumentId> withheld = new ArrayList<>();

  /**
   * Of one pull.
   *
   * @param owners whether the client tells documents of one key by their owners
   */
  public SharedDocuments(ApplicationStore store, Caller caller, boolean owners) {
    this.store = store;
    this.caller = caller;
    this.owners = owners;
  }

  /** Whether the document belongs to whom the request is about. */
  public boolean isOwn(FeedItem item) {
    return item.entry().document().owner().equals(caller.owner());
  }

  /** Whether an own document is told where it stands in the owner's own feed. */
  public boolean isElsewhere(FeedItem item) {
    return !item.entry().feed().reader().equals(caller.owner());
  }

  /** Reads what has to be known of the documents in a piece of the feeds, at once. */
  public void look(List<FeedItem> items) {
    looked.clear();
    covered.clear();
    Set<DocumentId> wanted = new LinkedHashSet<>();
    Map<DocumentKey, Feed> gone = new HashMap<>();
    for (FeedItem item : items) {
      if (isOwn(item)) {
        if (!owners && item.deleted()) {
          gone.put(item.entry().document().key(), item.entry().feed());
        }
      } else {
        if (item.entry().kind() == FeedEntry.Kind.REVOKED) {
          wanted.add(item.entry().document());
        }
        if (!owners) {
          wanted.add(sameKey(item));
        }
      }
    }
    for (DocumentId id : covered(gone)) {
      covered.computeIfAbsent(id.key(), key -> new ArrayList<>(1)).add(id);
      wanted.add(id);
    }
    if (!wanted.isEmpty()) {
      looked.putAll(store.find(wanted));
    }
  }

  private Set<DocumentId> covered(Map<DocumentKey, Feed> gone) {
    return gone.isEmpty()
        ? Set.of()
        : store.foreign(caller.feeds(gone.values().iterator().next().collection()), gone.keySet());
  }

  /**
   * The documents of others that an own one of the same key, which now is gone, has kept from the
   * client.
   */
  List<Bytes> uncovered(FeedItem own) {
    List<Bytes> wires = new ArrayList<>();
    if (own.deleted()) {
      for (DocumentId id : covered.getOrDefault(own.entry().document().key(), List.of())) {
        StoredDocument stored = looked.get(id);
        if (stored != null
            && !stored.deleted()
            && !id.owner().equals(caller.owner())
            && isStillReadable(id)
            && isFirst(id, stored.revision())) {
          wires.add(WireForm.withOwner(stored.wire(), id.owner()));
        }
      }
    }
    return wires;
  }

  private DocumentId sameKey(FeedItem item) {
    DocumentId id = item.entry().document();
    return new DocumentId(caller.owner(), id.collection(), id.key());
  }

  /** What to tell of it, if anything. */
  public Optional<Bytes> wire(FeedItem item, boolean fromZero) {
    DocumentId id = item.entry().document();
    if (!isTold(item, fromZero)) {
      return Optional.empty();
    }
    if (!owners && hasOwn(item)) {
      if (withheld.size() < PageEnd.MAX_WITHHELD && !withheld.contains(id)) {
        withheld.add(id);
      }
      return Optional.empty();
    }
    if (isRevocation(item)) {
      delivered.remove(id); // it may come back while this pull goes on
      return Optional.of(WireForm.revoked(id, item.entry().position()));
    }
    return isFirst(id, item.revision())
        ? Optional.of(WireForm.withOwner(item.wire(), id.owner()))
        : Optional.empty();
  }

  /** Notes that this version is told; whether it has not been told before. */
  boolean isFirst(DocumentId id, HybridTimestamp revision) {
    if (delivered.size() >= MAX_DELIVERED) {
      delivered.clear();
    }
    return !revision.equals(delivered.put(id, revision));
  }

  /** Whether there is anything to tell of it to whom the request is about. */
  boolean isTold(FeedItem item, boolean fromZero) {
    boolean revoked = isRevocation(item);
    boolean gone = (revoked || item.deleted()) && fromZero;
    return !gone && !(revoked && isStillReadable(item.entry().document()));
  }

  public static boolean isRevocation(FeedItem item) {
    return item.entry().kind() == FeedEntry.Kind.REVOKED;
  }

  private boolean isStillReadable(DocumentId id) {
    StoredDocument stored = looked.get(id);
    return stored != null && caller.reads(id.owner(), StoredForm.sharing(stored));
  }

  private boolean hasOwn(FeedItem item) {
    StoredDocument own = looked.get(sameKey(item));
    return own != null && !own.deleted();
  }

  /** The documents that were kept from the client. */
  List<DocumentId> withheld() {
    return withheld;
  }
}
