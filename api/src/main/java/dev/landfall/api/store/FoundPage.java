package dev.landfall.api.store;

import dev.landfall.api.HybridTimestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A piece of what a query finds.
 *
 * @param entries oldest first
 * @param last everything up to there is in it; means nothing if there is no more
 * @param more whether there may be something behind {@code last}
 */
public record FoundPage(List<FeedEntry> entries, HybridTimestamp last, boolean more) {
  public FoundPage {
    entries = List.copyOf(entries);
  }

  /** Everything that is found. */
  public static FoundPage all(List<FeedEntry> entries) {
    return new FoundPage(entries, HybridTimestamp.ZERO, false);
  }

  /**
   * One piece of several: up to where all of them reach, and no more than {@code limit} entries,
   * but for those with the last position.
   */
  public static FoundPage merged(List<FoundPage> pieces, int limit) {
    List<FeedEntry> entries = new ArrayList<>();
    boolean more = false;
    HybridTimestamp last = HybridTimestamp.ZERO;
    for (FoundPage piece : pieces) {
      entries.addAll(piece.entries);
      if (piece.more && (!more || last.isAfter(piece.last))) {
        last = piece.last;
      }
      more |= piece.more;
    }
    HybridTimestamp end = last;
    if (more) {
      entries.removeIf(entry -> entry.position().isAfter(end));
    }
    entries.sort(Comparator.comparing(FeedEntry::position));
    if (entries.size() <= limit) {
      return new FoundPage(entries, end, more);
    }
    HybridTimestamp cut = entries.get(limit - 1).position();
    int size = entries.size();
    entries.removeIf(entry -> entry.position().isAfter(cut));
    return new FoundPage(entries, cut, more || entries.size() < size);
  }
}
