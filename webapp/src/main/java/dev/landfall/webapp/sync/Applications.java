package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;

/** Applications as they stand in addresses. */
public final class Applications {
  private Applications() {}

  /** The application of that name; one that cannot exist does not exist. */
  public static ApplicationName named(String name) {
    try {
      return new ApplicationName(name);
    } catch (IllegalArgumentException e) {
      throw new SyncException(SyncProblem.NOT_FOUND, "there is no such application");
    }
  }

  /** The configured application of that name. */
  static ApplicationName configured(String name, SyncEngine engine) {
    ApplicationName application = named(name);
    if (engine.applications().stream().noneMatch(one -> one.name().equals(application))) {
      throw new SyncException(SyncProblem.NOT_FOUND, "there is no such application");
    }
    return application;
  }
}
