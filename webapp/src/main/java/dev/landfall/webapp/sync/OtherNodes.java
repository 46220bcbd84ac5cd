package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.CommitListener;
import dev.landfall.api.store.Feed;
import dev.landfall.webapp.http.LogText;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.logging.Logger;

/**
 * How those who wait here hear of the commits of other nodes: from the store, where it tells of
 * them, and by looking at the end of the log: at every occasion where the store does not tell, else
 * seldom, in case it does not tell of everything. Nothing is asked of the database while nobody
 * waits.
 */
public final class OtherNodes implements CommitListener {
  /** Of how many occasions one is taken while the store tells. */
  static final int SELDOM = 10;

  private static final Logger LOG = Logger.getLogger(OtherNodes.class.getName());

  private final FeedSubscriptions waiters;
  private final ToLongFunction<ApplicationName> lastCommit;
  private final Changes changes;
  private volatile boolean told;

  /** Whether the last look found what had not been told of. */
  private boolean missed;

  private int occasions;

  /** Knows which feeds commits have changed. */
  @FunctionalInterface
  public interface Changes {
    /** The feeds that commits after {@code number} have changed, if that is known. */
    Optional<Set<Feed>> after(ApplicationName application, long number);
  }

  /**
   * For {@code waiters}.
   *
   * @param lastCommit reads the number of an application's last commit
   */
  public OtherNodes(
      FeedSubscriptions waiters, ToLongFunction<ApplicationName> lastCommit, Changes changes) {
    this.waiters = waiters;
    this.lastCommit = lastCommit;
    this.changes = changes;
  }

  /** An occasion to look, some of which come each second. For one thread at a time. */
  public void occasion() {
    occasions++;
    if (!told || missed || occasions % SELDOM == 0) {
      missed = false;
      for (ApplicationName application : waiters.applications()) {
        missed |= look(application);
      }
    }
  }

  private boolean look(ApplicationName application) {
    try {
      return waiters.lastCommit(
          application,
          lastCommit.applyAsLong(application),
          number -> changes.after(application, number));
    } catch (RuntimeException e) {
      LOG.fine(() -> "Commits of other nodes are looked for later: " + LogText.of(e));
      return false;
    }
  }

  @Override
  public void begun() {
    told = true;
    waiters.applications().forEach(this::look);
  }

  @Override
  public void committed(ApplicationName application, long number) {
    if (!waiters.applications().contains(application)) {
      waiters.forget(application);
    } else if (waiters.isUntold(application, number)) {
      look(application);
    }
  }

  @Override
  public void ended() {
    told = false;
  }
}
