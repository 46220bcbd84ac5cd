package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;

/** Hears of removals. */
@FunctionalInterface
public interface MembershipObserver {
  /**
   * {@code user} is no member any more, on every node, and nobody has been told so yet. Called at
   * least once for a removal, even if a server dies in its middle: then by whoever completes it. If
   * it throws, the removal fails and can be repeated.
   */
  void removed(OrganisationId organisation, UserId user);
}
