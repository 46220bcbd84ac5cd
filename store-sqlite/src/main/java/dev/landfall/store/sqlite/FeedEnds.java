package dev.landfall.store.sqlite;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the feeds end that were read or written of late, so that whoever asks for news of which
 * there is none need not ask the database. What is known is as of the last commit: the writer tells
 * of each before it is the tip. What a reader has found out counts only if the feed was not written
 * to since the reader began. Safe for concurrent use.
 */
final class FeedEnds {
  private static final int MOST = 10_000;

  private final Map<Feed, End> ends;

  /** Counts what is written. */
  private long now;

  /** Feeds that are not here may have been written to up to then. */
  private long forgotten;

  FeedEnds() {
    this(MOST);
  }

  /** Of at most so many feeds. */
  FeedEnds(int most) {
    this.ends =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Feed, End> eldest) {
            if (size() <= most) {
              return false;
            }
            forgotten = Math.max(forgotten, eldest.getValue().written());
            return true;
          }
        };
  }

  /**
   * The end of a feed.
   *
   * @param written when it was last written to
   * @param last there is no entry after it; null if that is not known
   */
  private record End(long written, @Nullable HybridTimestamp last, HybridTimestamp horizon) {}

  /** What a reader has to remember before it begins. */
  synchronized long now() {
    return now;
  }

  /** The horizon of {@code feed}, if it is known that nothing stands there after {@code after}. */
  synchronized Optional<HybridTimestamp> horizonOfNothing(Feed feed, HybridTimestamp after) {
    End end = ends.get(feed);
    return end == null || end.last() == null || end.last().isAfter(after)
        ? Optional.empty()
        : Optional.of(end.horizon());
  }

  /**
   * A reader has found that nothing stands after {@code last}, nor stood when {@link #now} gave
   * {@code since}.
   */
  synchronized void learn(Feed feed, long since, HybridTimestamp last, HybridTimestamp horizon) {
    End end = ends.get(feed);
    long written = end == null ? forgotten : end.written();
    if (written > since) {
      return;
    }
    boolean better = end == null || end.last() == null || end.last().isAfter(last);
    if (better) {
      ends.put(feed, new End(written, last, horizon));
    }
  }

  /** A commit is in the database and not yet the tip. */
  synchronized void entered(Commit commit) {
    now++;
    for (FeedEntry entry : commit.entries()) {
      End end = ends.get(entry.feed());
      HybridTimestamp last = end == null ? null : end.last();
      ends.put(
          entry.feed(),
          new End(
              now,
              last == null ? null : HybridTimestamp.later(last, entry.position()),
              end == null ? HybridTimestamp.ZERO : end.horizon()));
    }
  }

  /** Anything may have been written. */
  synchronized void forget() {
    now++;
    forgotten = now;
    ends.clear();
  }
}
