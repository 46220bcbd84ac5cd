package dev.landfall.engine.document;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;
import java.util.Optional;

/**
 * That a document is to be shared with whoever signs in with an address.
 *
 * @param address in the form in which two are compared
 * @param giver who has given it; empty as long as it is asked for and not given
 */
public record PendingGrant(
    String address, ApplicationName application, boolean writes, Optional<UserId> giver) {
  /** One that is asked for. */
  public PendingGrant(String address, ApplicationName application, boolean writes) {
    this(address, application, writes, Optional.empty());
  }

  /** Whether this stands for the same address and application. */
  public boolean sameAs(String otherAddress, ApplicationName otherApplication) {
    return address.equals(otherAddress) && application.equals(otherApplication);
  }

  /** The same, given. */
  PendingGrant given(UserId by) {
    return giver.isPresent()
        ? this
        : new PendingGrant(address, application, writes, Optional.of(by));
  }
}
