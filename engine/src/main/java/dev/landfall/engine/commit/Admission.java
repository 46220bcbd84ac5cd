package dev.landfall.engine.commit;

import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;

/** Whether somebody may act for an owner: for themselves, or for an organisation. */
public interface Admission {
  /** Lets everybody act for everybody: where the question has been settled before. */
  Admission ALL = (user, owner) -> {};

  /**
   * Is asked again inside each commit, so that whoever loses a right cannot write after that was
   * acknowledged.
   *
   * @throws SyncException if {@code user} may not
   * @throws dev.landfall.api.store.StoreUnavailableException if it cannot be known
   */
  void check(UserId user, Owner owner);
}
