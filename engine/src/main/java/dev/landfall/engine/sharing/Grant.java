package dev.landfall.engine.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.UserId;

/**
 * That a document is shared with somebody.
 *
 * @param application for which it counts; a grant for another application than the document's
 *     grants nothing
 * @param writes whether the user may change the document too
 */
public record Grant(UserId user, ApplicationName application, boolean writes) {
  /** Whether this stands for the same user and application. */
  public boolean sameAs(UserId otherUser, ApplicationName otherApplication) {
    return user.equals(otherUser) && application.equals(otherApplication);
  }
}
