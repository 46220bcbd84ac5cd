package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;

/** Applications as they stand in addresses. */
final class Applications {
  private Applications() {}

  /** The application of that name; one that cannot exist does not exist. */
  static ApplicationName named(String name) {
    try {
      return new ApplicationName(name);
    } catch (IllegalArgumentException e) {
      throw new SyncException(SyncProblem.NOT_FOUND, "there is no such application");
    }
  }
}
