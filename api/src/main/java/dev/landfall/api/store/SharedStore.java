package dev.landfall.api.store;

import dev.landfall.api.ApplicationName;
import java.util.Optional;
import java.util.Set;

/**
 * A store that several server nodes write to. What it says of their commits is a hint: it may come
 * late, twice or not at all, and {@link ApplicationStore#tip()} decides.
 */
public interface SharedStore {
  /**
   * Tells {@code listener} of the commits of other nodes, in the thread of the caller, until the
   * store is closed or the thread is interrupted. Where the database cannot tell, or no longer, it
   * is tried again from time to time.
   *
   * @param epoch {@link Commit#epoch()} of the commits of this node, which are not told of
   */
  void follow(String epoch, CommitListener listener);

  /**
   * The feeds in which commits after {@code after} have entries, up to the {@linkplain
   * ApplicationStore#lastKnownTip() last one known}; empty if they are not held any more. Asks no
   * database.
   */
  Optional<Set<Feed>> changed(ApplicationName application, long after);
}
