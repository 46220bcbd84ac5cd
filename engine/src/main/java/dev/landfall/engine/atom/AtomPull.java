package dev.landfall.engine.atom;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.sync.SharedDocuments;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What has changed in a group, for a reader who keeps nothing but a millisecond. What is handed out
 * is one that is over: everything of it has been told, and every later commit, on whatever node, is
 * of a later one. For one thread, once.
 *
 * <p>The last commit's own millisecond may go on. If the reader has nothing in it, the one before
 * is handed out; else a commit of nothing ends it, once for each change, so that who asks again and
 * again neither hears the same again nor writes to the log. Where the clock is too far ahead of the
 * wall's for that, the reader hears of the last millisecond each time until time has caught up.
 */
public final class AtomPull {
  private static final int PIECE_ITEMS = 500;
  private static final long PIECE_BYTES = 1024 * 1024;

  private final ApplicationStore store;
  private final Set<Feed> feeds;
  private final Caller caller;
  private final SharedDocuments foreign;
  private final Page page;
  private final long until;
  private final HybridTimestamp end;
  private final boolean resync;
  private final long since;
  private FeedPage piece;

  /**
   * How much is told at once. A page goes on until the end of the millisecond in which it is full.
   *
   * @param documents 1 or more
   * @param bytes 1 or more
   */
  public record Page(int documents, long bytes) {
    /** Everything. */
    public static final Page ALL = new Page(Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Where the documents end.
   *
   * @param nowMillis what the reader keeps
   * @param more whether there is more to tell
   */
  public record End(long nowMillis, boolean more) {}

  /** Takes the documents, one after the other. */
  public interface Sink {
    /** Takes one. */
    void accept(AtomDocument document) throws IOException;
  }

  public AtomPull(
      ApplicationStore store,
      Caller caller,
      CollectionName group,
      long since,
      Page page,
      LongSupplier endMillisecond) {
    this.store = store;
    this.feeds = caller.feeds(group);
    this.caller = caller;
    this.foreign = new SharedDocuments(store, caller, true);
    this.page = page;
    long last = store.tip().clock().millis();
    boolean goesOn =
        last > 0 && !store.feed(feeds, endOf(last - 1), Feed.NO_END, 1, 1).items().isEmpty();
    this.until = goesOn ? endMillisecond.getAsLong() : Math.max(0, last - 1);
    this.end = goesOn && until < last ? Feed.NO_END : endOf(until);
    FeedPage first = read(Math.min(since, until));
    boolean forgotten = since > 0 && first.horizon().isAfter(endOf(since));
    this.resync = forgotten || since > until;
    this.since = resync ? 0 : since;
    this.piece = this.since == since ? first : read(0);
    foreign.look(piece.items());
  }

  /** Later than everything of that millisecond. */
  private static HybridTimestamp endOf(long millis) {
    return millis <= 0
        ? HybridTimestamp.ZERO
        : new HybridTimestamp(
            Math.min(millis, HybridTimestamp.MAX_MILLIS), HybridTimestamp.MAX_SEQUENCE, "~");
  }

  private FeedPage read(long after) {
    return read(endOf(after));
  }

  private FeedPage read(HybridTimestamp after) {
    return store.feed(feeds, after, end, PIECE_ITEMS, PIECE_BYTES);
  }

  /**
   * Whether everything is told because what the reader keeps says nothing any more: deletions have
   * been forgotten since, or it was never handed out. What is not told is not there.
   */
  public boolean isResync() {
    return resync;
  }

  /** Tells the documents, the one that has changed first first. */
  public End deliver(Sink sink) throws IOException {
    int documents = 0;
    long bytes = 0;
    long told = since;
    HybridTimestamp horizon = piece.horizon();
    while (true) {
      Map<DocumentId, StoredDocument> stored = stored(piece);
      for (FeedItem item : piece.items()) {
        HybridTimestamp position = item.entry().position();
        if (position.millis() > told && told < until) {
          if (documents >= page.documents() || bytes >= page.bytes()) {
            return new End(told, true);
          }
          told = Math.min(position.millis(), until);
        }
        Optional<AtomDocument> document = document(item, stored);
        if (document.isPresent()) {
          sink.accept(document.get());
          documents++;
          bytes += item.wire().length();
        }
      }
      if (!piece.more()) {
        boolean missed = since > 0 && horizon.isAfter(endOf(since));
        return new End(missed ? since : until, missed);
      }
      piece = read(piece.items().get(piece.items().size() - 1).entry().position());
      horizon = HybridTimestamp.later(horizon, piece.horizon());
      foreign.look(piece.items());
    }
  }

  private Map<DocumentId, StoredDocument> stored(FeedPage of) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    of.items().forEach(item -> ids.add(item.entry().document()));
    return ids.isEmpty() ? Map.of() : store.find(ids);
  }

  /** What to tell; it may have changed again since the feed was read. */
  private Optional<AtomDocument> document(FeedItem item, Map<DocumentId, StoredDocument> stored) {
    boolean own = foreign.isOwn(item);
    if (own && foreign.isElsewhere(item)) {
      return Optional.empty();
    }
    if (!own) {
      Optional<Bytes> wire = foreign.wire(item, since == 0);
      if (wire.isEmpty()) {
        return Optional.empty();
      }
      if (SharedDocuments.isRevocation(item)) {
        return Optional.of(gone(item));
      }
    }
    StoredDocument found = stored.get(item.entry().document());
    return Optional.of(
        found == null ? gone(item) : AtomDocument.of(StoredForm.decode(found), caller.owner()));
  }

  private AtomDocument gone(FeedItem item) {
    return AtomDocument.gone(
        item.entry().document(), caller.owner(), item.entry().position().millis());
  }
}
