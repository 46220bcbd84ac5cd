package dev.landfall.engine.transfer;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.StoredForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All living documents of one user or organisation in one application, read piece by piece. What is
 * there from the beginning of a reading to its end is met once; what is written meanwhile, once or
 * not at all. For one thread.
 */
public final class OwnedDocuments {
  /** However many the configuration allows now: there may have been more. */
  private static final int MAX_COLLECTIONS = 100_000;

  /** Beyond so many, a document that is written during a reading may be met twice. */
  private static final int MAX_KNOWN = 4_000_000;

  private static final int PIECE_ITEMS = 200;
  private static final long PIECE_BYTES = 1024 * 1024;

  private final ApplicationName application;
  private final ApplicationStore store;
  private final Owner owner;

  public OwnedDocuments(ApplicationName application, ApplicationStore store, Owner owner) {
    this.application = application;
    this.store = store;
    this.owner = owner;
  }

  /** Takes the documents one after the other. */
  public interface Sink {
    /** Takes a document in its delivered form, a JSON object. */
    void accept(DocumentKey key, Bytes wire) throws IOException;
  }

  /** Takes the entries of the document index one after the other. */
  public interface EntrySink {
    /** Takes the entry of a document. */
    void accept(DocumentId id, Document.IndexEntry entry) throws IOException;
  }

  /** Takes what is in a piece of the feed. */
  private interface Piece {
    void accept(List<FeedItem> items) throws IOException;
  }

  /**
   * The collections in which there are or were documents, whether they are configured or not, by
   * name.
   */
  public List<CollectionName> collections() {
    return store.collections(owner, MAX_COLLECTIONS).stream()
        .sorted(Comparator.comparing(CollectionName::value))
        .toList();
  }

  /** Reads the documents of a collection, oldest revision first. */
  public void read(CollectionName collection, Sink sink) throws IOException {
    pieces(
        collection,
        items -> {
          for (FeedItem item : items) {
            sink.accept(item.entry().document().key(), item.wire());
          }
        });
  }

  /** Reads the index entries of the documents of a collection. */
  public void entries(CollectionName collection, EntrySink sink) throws IOException {
    pieces(
        collection,
        items -> {
          Set<DocumentId> ids = new LinkedHashSet<>();
          items.forEach(item -> ids.add(item.entry().document()));
          Map<DocumentId, StoredDocument> stored = store.find(ids);
          for (DocumentId id : ids) {
            StoredDocument document = stored.get(id);
            if (document != null && !document.deleted()) {
              sink.accept(id, StoredForm.index(document));
            }
          }
        });
  }

  /**
   * Reads to the end of the feed, not only to where it ended at the start: a document that moves on
   * before it is reached is met there. One that moves on after it was met is told by its key.
   */
  private void pieces(CollectionName collection, Piece sink) throws IOException {
    Set<Feed> feed = Set.of(new Feed(owner, collection));
    KnownKeys met = new KnownKeys(MAX_KNOWN);
    HybridTimestamp position = HybridTimestamp.ZERO;
    boolean more = true;
    while (more) {
      FeedPage page = store.feed(feed, position, Feed.NO_END, PIECE_ITEMS, PIECE_BYTES);
      List<FeedItem> items = new ArrayList<>();
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        if (isLiving(item) && met.add(application, collection, item.entry().document().key())) {
          items.add(item);
        }
      }
      if (!items.isEmpty()) {
        sink.accept(items);
      }
      more = page.more();
    }
  }

  boolean isLiving(FeedItem item) {
    return item.entry().kind() == FeedEntry.Kind.CHANGED
        && !item.deleted()
        && item.entry().document().owner().equals(owner);
  }
}
