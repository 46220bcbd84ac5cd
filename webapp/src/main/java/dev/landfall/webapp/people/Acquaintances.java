package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.organisation.Organisations;
import java.util.HashSet;
import java.util.Set;

/** Who has to do with whom. Nothing is remembered: it is so as long as what they share is. */
public final class Acquaintances {
  private final Organisations organisations;
  private final SyncEngine engine;

  /** By {@code organisations}, and by the documents of {@code engine}. */
  public Acquaintances(Organisations organisations, SyncEngine engine) {
    this.organisations = organisations;
    this.engine = engine;
  }

  /**
   * Those of {@code others} who are in an organisation with {@code one}, or one of the two has
   * given the other a document to read; and {@code one}. Finding out costs the same for who does
   * not exist.
   */
  Set<UserId> of(UserId one, Set<UserId> others) {
    Set<UserId> known = new HashSet<>(organisations.fellows(one, others));
    for (UserId other : others) {
      if (other.equals(one)
          || (!known.contains(other) && (engine.gives(other, one) || engine.gives(one, other)))) {
        known.add(other);
      }
    }
    return known;
  }
}
