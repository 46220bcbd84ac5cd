package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Cursors;
import dev.landfall.engine.commit.Resync;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Everything a reader has not seen, read from the feeds piece by piece until nothing was left at
 * the moment of the last piece. Stopping at the commit that was the last when the pull began would
 * leave out a document that changed meanwhile, while the clock in the answer says that its reader
 * knows the version of then. For one thread, once.
 */
public final class Pull {
  private static final int PIECE_ITEMS = 500;
  private static final long PIECE_BYTES = 1024 * 1024;

  private final ApplicationStore store;
  private final Set<Feed> feeds;
  private final String scope;
  private final SharedDocuments foreign;
  private final Tip tip;
  private final OptionalInt limit;
  private final OptionalLong maxBytes;
  private final Map<DocumentId, PushResult> pushed;
  private final boolean acks;

  private final Optional<Resync> resync;
  private final boolean fromZero;
  private final HybridTimestamp start;
  private FeedPage piece;
  private boolean inFirstPiece = true;
  private HybridTimestamp horizon;

  private final ArrayDeque<PushResult> echoes = new ArrayDeque<>();
  private int delivered;
  private long deliveredBytes;
  private HybridTimestamp position;

  public Pull(
      ApplicationStore store,
      Caller caller,
      String scope,
      Cursors cursors,
      Tip tip,
      SyncRequest request,
      Map<DocumentId, PushResult> pushed) {
    this.store = store;
    this.feeds = caller.feeds(request.collection());
    this.scope = scope;
    this.foreign = new SharedDocuments(store, caller, request.owners());
    this.tip = tip;
    this.limit = request.limit();
    this.maxBytes = request.maxBytes();
    this.pushed = pushed;
    this.acks = request.acks();
    HybridTimestamp clock = request.clientClock();
    Optional<Resync> cause = cursors.unusable(clock, scope, tip);
    if (request.startsAnew() && cause.isEmpty() && !clock.isZero()) {
      cause = Optional.of(Resync.PURGED);
    }
    HybridTimestamp from = cause.isEmpty() ? clock : HybridTimestamp.ZERO;
    FeedPage first = read(from);
    if (!from.isZero() && hasForgotten(first.horizon(), from)) {
      cause = Optional.of(Resync.PURGED);
      from = HybridTimestamp.ZERO;
      first = read(from);
    }
    this.resync = cause;
    this.start = from;
    this.fromZero = from.isZero();
    this.position = from;
    this.piece = first;
    foreign.look(first.items());
    this.horizon = first.horizon();
  }

  /** Why the client's clock was served as zero, if it was. */
  Optional<Resync> resync() {
    return resync;
  }

  public boolean isEmpty() {
    return resync.isEmpty()
        && !piece.more()
        && piece.items().stream().noneMatch(this::isTold)
        && pushed.values().stream().noneMatch(PushResult::echo);
  }

  /** Whether a client hears of it; whoever starts at zero hears of nothing that is gone. */
  private boolean isTold(FeedItem item) {
    if (foreign.isOwn(item)) {
      return !foreign.isElsewhere(item) && !(item.deleted() && fromZero);
    }
    return foreign.isTold(item, fromZero);
  }

  PageEnd deliver(DocumentSink sink) throws IOException {
    deliverEarlier(sink);
    if (limit.isPresent() && limit.getAsInt() == 0) {
      return endOfPush();
    }
    while (true) {
      for (FeedItem item : piece.items()) {
        boolean moves = !item.entry().position().equals(position);
        if (moves && (isFull() || wouldOverflow(item))) {
          return end(true); // what stands at one position in several feeds is never separated
        }
        deliverOvertaken(item.entry().position(), sink);
        deliver(item, sink);
        position = item.entry().position();
      }
      if (!piece.more()) {
        deliverOvertaken(Feed.NO_END, sink);
        return end(false);
      }
      if (isFull()) {
        return end(true);
      }
      piece = read(position);
      inFirstPiece = false;
      foreign.look(piece.items());
      horizon = HybridTimestamp.later(horizon, piece.horizon());
    }
  }

  /**
   * The pushed documents that go back although no feed brings them: their revision is not after the
   * client's clock.
   */
  private void deliverEarlier(DocumentSink sink) throws IOException {
    pushed.values().stream()
        .filter(PushResult::echo)
        .filter(one -> !(acks && one.sameAsSent()))
        .sorted(Comparator.comparing(PushResult::revision))
        .forEach(echoes::add);
    while (!echoes.isEmpty() && isEarlier(echoes.element())) {
      PushResult one = echoes.remove();
      foreign.isFirst(one.id(), one.revision());
      accept(one.wire(), sink);
    }
    for (Iterator<PushResult> rest = echoes.iterator(); rest.hasNext(); ) {
      PushResult one = rest.next();
      if (!one.known()) {
        accept(one.wire(), sink);
        rest.remove();
      }
    }
    if (limit.isPresent() && delivered >= limit.getAsInt()) {
      delivered = limit.getAsInt() - 1; // a page always gets on with the feed
    }
    if (maxBytes.isPresent() && deliveredBytes >= maxBytes.getAsLong()) {
      deliveredBytes = 0;
    }
  }

  private boolean isEarlier(PushResult one) {
    return !one.known() || !one.revision().isAfter(start);
  }

  /**
   * The pushed documents that another request has changed again meanwhile, so that the feed has
   * them later than this pull reaches: whoever sent them has to see what became of what was sent.
   */
  private void deliverOvertaken(HybridTimestamp before, DocumentSink sink) throws IOException {
    while (!echoes.isEmpty() && before.isAfter(echoes.element().revision())) {
      PushResult one = echoes.remove();
      boolean follows =
          piece.items().stream().anyMatch(item -> item.entry().document().equals(one.id()));
      if (!follows) {
        foreign.isFirst(one.id(), one.revision());
        accept(one.wire(), sink);
      }
    }
  }

  private void deliver(FeedItem item, DocumentSink sink) throws IOException {
    if (!foreign.isOwn(item)) {
      deliverForeign(item, sink);
      return;
    }
    if (foreign.isElsewhere(item)) {
      return;
    }
    PushResult own = pushed.get(item.entry().document());
    Bytes wire = item.wire();
    if (own != null && !own.revision().equals(item.revision())) {
      wire = overtaken(item.wire(), item, own);
      own = null;
    }
    boolean hidden = item.deleted() && hidesGone(item);
    boolean acknowledged = own != null && acks && own.sameAsSent();
    if (!acknowledged && own != null && own.echo()) {
      echoes.remove(own);
      accept(own.wire(), sink);
    } else if (!acknowledged && !hidden) {
      accept(wire, sink);
    }
    if (!hidden) {
      for (Bytes other : foreign.uncovered(item)) {
        accept(other, sink);
      }
    }
  }

  /**
   * A pushed document that another request has changed again meanwhile. Whoever pushed it takes it
   * as they would take what their own push had made of it.
   */
  private Bytes overtaken(Bytes wire, FeedItem item, PushResult own) {
    return !acks && item.revision().isAfter(own.revision())
        ? RaisedClocks.in(wire, item.revision(), own.sent())
        : wire;
  }

  /**
   * Whether this pull keeps quiet about an item that is gone: whoever starts at zero does not have
   * it, unless it went after this pull had begun to deliver.
   */
  private boolean hidesGone(FeedItem item) {
    return fromZero && (inFirstPiece || !item.entry().position().isAfter(tip.clock()));
  }

  private void deliverForeign(FeedItem item, DocumentSink sink) throws IOException {
    PushResult echoed = pushed.get(item.entry().document());
    if (echoed != null
        && !SharedDocuments.isRevocation(item)
        && echoed.revision().equals(item.revision())) {
      if (acks && echoed.sameAsSent()) {
        return;
      }
      if (echoed.echo()) {
        echoes.remove(echoed);
        if (foreign.isFirst(echoed.id(), echoed.revision())) {
          accept(echoed.wire(), sink);
        }
        return;
      }
    }
    Optional<Bytes> wire = foreign.wire(item, hidesGone(item) && echoed == null);
    if (wire.isPresent()) {
      accept(
          echoed == null || SharedDocuments.isRevocation(item)
              ? wire.get()
              : overtaken(wire.get(), item, echoed),
          sink);
    }
  }

  private void accept(Bytes wire, DocumentSink sink) throws IOException {
    sink.accept(wire);
    delivered++;
    deliveredBytes += wire.length();
  }

  private boolean isFull() {
    return (limit.isPresent() && delivered >= limit.getAsInt())
        || (maxBytes.isPresent() && delivered > 0 && deliveredBytes >= maxBytes.getAsLong());
  }

  /** Whether a page that has something from the feed would get too large with {@code item}. */
  private boolean wouldOverflow(FeedItem item) {
    return maxBytes.isPresent()
        && !position.equals(start)
        && deliveredBytes > 0
        && isTold(item)
        && deliveredBytes + item.wire().length() > maxBytes.getAsLong();
  }

  /** Nothing of the feeds was asked for: the client's clock stays where it is. */
  private PageEnd endOfPush() {
    long left = store.count(feeds, start, Feed.NO_END);
    return new PageEnd(start, left > 0, OptionalLong.of(left), foreign.withheld());
  }

  private PageEnd end(boolean more) {
    boolean paged = limit.isPresent() || maxBytes.isPresent();
    if (!fromZero && hasForgotten(horizon, start)) {
      // something this client should have heard of was forgotten on the way: it has to ask again
      return new PageEnd(
          start, true, paged ? OptionalLong.of(1) : OptionalLong.empty(), foreign.withheld());
    }
    if (!more) {
      HybridTimestamp last = tip.clock();
      if (position.withNode(last.node()).isAfter(last)) {
        last = position;
      }
      return new PageEnd(
          ServerNode.toCursor(last, scope),
          false,
          paged ? OptionalLong.of(0) : OptionalLong.empty(),
          foreign.withheld());
    }
    boolean behindHorizon = fromZero || kept(start).isPresent();
    HybridTimestamp clock =
        behindHorizon && horizon.isAfter(position)
            ? ServerNode.handOutBefore(position, scope, kept(start).orElse(horizon))
            : ServerNode.toCursor(position, scope);
    return new PageEnd(
        clock,
        true,
        OptionalLong.of(store.count(feeds, position, Feed.NO_END)),
        foreign.withheld());
  }

  /** Whether entries after {@code cursor} that its holder has not seen are gone. */
  private static boolean hasForgotten(HybridTimestamp horizon, HybridTimestamp cursor) {
    Optional<HybridTimestamp> kept = kept(cursor);
    return kept.isPresent() ? horizon.millis() > kept.get().millis() : horizon.isAfter(cursor);
  }

  /**
   * How far the horizon was when the pull from zero began that {@code cursor} is in the middle of.
   */
  private static Optional<HybridTimestamp> kept(HybridTimestamp cursor) {
    return ServerNode.of(cursor)
        .map(ServerNode::horizonMillis)
        .filter(millis -> millis >= 0)
        .map(millis -> new HybridTimestamp(millis, 0, "0"));
  }

  private FeedPage read(HybridTimestamp after) {
    int items =
        limit.isPresent()
            ? Math.max(1, Math.min(PIECE_ITEMS, limit.getAsInt() - delivered + 1))
            : PIECE_ITEMS;
    return store.feed(feeds, after, Feed.NO_END, items, PIECE_BYTES);
  }
}
