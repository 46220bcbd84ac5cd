package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.merge.Conflict;
import java.util.Set;

/**
 * Is told what the engine does: to count it, and to wake those who wait. Called on the thread of a
 * request; must be quick.
 */
public interface EngineObserver {
  /** Looks away. */
  EngineObserver NONE = new EngineObserver() {};

  /**
   * A commit is in the log and visible.
   *
   * @param number of the commit
   * @param requests how many pushes it holds
   * @param documents how many documents it stored
   * @param feeds that have news
   */
  default void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {}

  /** Another node's commit came first; the merge is made again. */
  default void clashed(ApplicationName application) {}

  /** A conflict has been resolved and reported. */
  default void conflict(ApplicationName application, Conflict conflict) {}

  /** A change was refused while others of its request were stored. */
  default void rejected(ApplicationName application, String code) {}
}
