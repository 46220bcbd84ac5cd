package dev.landfall.engine.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import java.util.Optional;
import java.util.function.Predicate;

/** How far those have come who follow feeds. */
@FunctionalInterface
public interface FeedFollowers {
  /** Of nobody it is known. */
  FeedFollowers UNKNOWN = (application, feed, issued) -> Optional.empty();

  /**
   * Up to where everybody has taken a feed who may still come with changes made before: all of
   * them, or nobody knows.
   *
   * @param issued whether this server has handed out a clock for the feed
   * @return empty if it is not known of all
   */
  Optional<HybridTimestamp> passed(
      ApplicationName application, Feed feed, Predicate<HybridTimestamp> issued);
}
