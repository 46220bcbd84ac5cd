package dev.landfall.api.store;

import dev.landfall.api.ApplicationName;
import java.util.Set;

/** One database, opened once for the life of the server. Safe for concurrent use. */
public interface StoreBackend extends AutoCloseable {
  /** The documents of one application. Cheap; the same object or an equal one each time. */
  ApplicationStore application(ApplicationName application);

  /** The applications that have had a commit, perhaps others too. */
  Set<ApplicationName> applications();

  /** The small records that belong to no application: users, organisations and the like. */
  Directory directory();

  /**
   * Asks the database for a sign of life.
   *
   * @throws StoreUnavailableException if there is none
   */
  void check();

  /**
   * Lets go of everything held. What was acknowledged is in the database. Closing twice is closing
   * once.
   */
  @Override
  void close();
}
