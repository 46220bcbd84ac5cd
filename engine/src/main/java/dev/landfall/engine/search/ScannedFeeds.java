package dev.landfall.engine.search;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All that the caller may read, from the first to the last. */
final class ScannedFeeds implements SearchedFeeds {
  private static final int PIECE_ITEMS = 500;
  private static final long PIECE_BYTES = 1024 * 1024;

  private final ApplicationStore store;
  private final Set<Feed> feeds;

  ScannedFeeds(ApplicationStore store, Set<Feed> feeds) {
    this.store = store;
    this.feeds = feeds;
  }

  @Override
  public Piece read(HybridTimestamp after, HybridTimestamp upTo) {
    FeedPage page = store.feed(feeds, after, upTo, PIECE_ITEMS, PIECE_BYTES);
    List<Found> found = new ArrayList<>(page.items().size());
    HybridTimestamp last = after;
    for (FeedItem item : page.items()) {
      last = item.entry().position();
      if (item.entry().kind() == FeedEntry.Kind.CHANGED && !item.deleted()) {
        found.add(new Found(item.entry(), item.wire()));
      }
    }
    return new Piece(found, last, page.more());
  }
}
