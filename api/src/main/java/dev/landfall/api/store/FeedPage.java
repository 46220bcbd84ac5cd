package dev.landfall.api.store;

import dev.landfall.api.HybridTimestamp;
import java.util.List;

/**
 * A piece of some feeds.
 *
 * @param items oldest first
 * @param more whether the piece ended at a limit and further items are behind it
 * @param horizon the latest position at which one of the feeds has forgotten an entry, zero if none
 *     ever has
 */
public record FeedPage(List<FeedItem> items, boolean more, HybridTimestamp horizon) {
  public FeedPage {
    items = List.copyOf(items);
  }
}
