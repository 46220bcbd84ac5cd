package dev.landfall.engine.document;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import java.util.Optional;

/**
 * That a document is shared with somebody.
 *
 * @param application for which it counts; a grant for another application than the document's
 *     grants nothing
 * @param writes whether the user may change the document too
 * @param giver who has given it; empty as long as it is asked for and not given
 * @param since the clock of the commit from which on the user reads the document by it
 * @param muted whether it grants nothing, because the user takes nothing from the giver
 * @param origin how the user came by it
 */
public record Grant(
    UserId user,
    ApplicationName application,
    boolean writes,
    Optional<UserId> giver,
    HybridTimestamp since,
    boolean muted,
    Origin origin) {
  /** A grant that is asked for. */
  public Grant(UserId user, ApplicationName application, boolean writes) {
    this(user, application, writes, Optional.empty(), HybridTimestamp.ZERO, false, Origin.DIRECT);
  }

  /** Whether this stands for the same user and application. */
  public boolean sameAs(UserId otherUser, ApplicationName otherApplication) {
    return user.equals(otherUser) && application.equals(otherApplication);
  }

  /** Whether the user has redeemed a link, with which it ends. */
  public boolean isByLink() {
    return origin instanceof Origin.ByLink;
  }

  boolean isByLink(String hash) {
    return origin.equals(new Origin.ByLink(hash));
  }

  /** The same, given. */
  Grant given(UserId by, HybridTimestamp from, boolean isMuted) {
    return new Grant(user, application, writes, Optional.of(by), from, isMuted, origin);
  }

  /** The same, which counts from another moment on. */
  Grant from(HybridTimestamp clock) {
    return new Grant(user, application, writes, giver, clock, muted, origin);
  }

  /** The same for a user who takes nothing from the giver any more. */
  public Grant mute() {
    return new Grant(user, application, writes, giver, since, true, origin);
  }

  /** Without the name of the giver, who is gone. */
  public Grant givenBy(UserId other) {
    return new Grant(user, application, writes, Optional.of(other), since, muted, origin);
  }
}
