package dev.landfall.store.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.Tip;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A reader that keeps a cursor: it asks for the tip first and then for its feeds up to the tip. */
public final class Follower {
  private final ApplicationStore store;
  private final Set<Feed> feeds;
  private final int pageSize;
  private final Map<DocumentId, String> view = new HashMap<>();
  private HybridTimestamp cursor = HybridTimestamp.ZERO;
  private int restarts;

  /** A reader that has seen nothing yet. */
  public Follower(ApplicationStore store, int pageSize, Feed... feeds) {
    this.store = store;
    this.pageSize = pageSize;
    this.feeds = Set.of(feeds);
  }

  /** Reads on to the tip, page by page; begins again if the feeds have forgotten what it needs. */
  public List<FeedItem> catchUp() {
    Tip tip = store.tip();
    List<FeedItem> read = new ArrayList<>();
    HybridTimestamp start = cursor;
    while (true) {
      FeedPage page = store.feed(feeds, cursor, tip.clock(), pageSize, Long.MAX_VALUE);
      if (!start.isZero() && page.horizon().isAfter(start)) {
        restarts++;
        start = HybridTimestamp.ZERO;
        cursor = start;
        view.clear();
        read.clear();
        continue;
      }
      for (FeedItem item : page.items()) {
        assertThat(item.entry().position()).isGreaterThan(cursor).isLessThanOrEqualTo(tip.clock());
        take(item);
      }
      read.addAll(page.items());
      if (!page.more()) {
        cursor = tip.clock();
        return read;
      }
      assertThat(page.items()).isNotEmpty();
      cursor = page.items().get(page.items().size() - 1).entry().position();
    }
  }

  private void take(FeedItem item) {
    if (item.deleted() || item.entry().kind() == FeedEntry.Kind.REVOKED) {
      view.remove(item.entry().document());
    } else {
      view.put(item.entry().document(), item.wire().utf8());
    }
  }

  /** The wire of every document that the reader has. */
  public Map<DocumentId, String> view() {
    return Map.copyOf(view);
  }

  /** How often the reader had to begin again. */
  public int restarts() {
    return restarts;
  }
}
