package dev.landfall.webapp.account;

import dev.landfall.engine.erasure.Erasures;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sync.FeedSubscriptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** The end of the caller's account. */
@Path("/account")
@Singleton
public class AccountResource {
  private final Sessions sessions;
  private final Erasures erasures;
  private final FeedSubscriptions waiters;

  /**
   * The route over {@code erasures}.
   *
   * @param waiters those of the user end
   */
  @Inject
  public AccountResource(Sessions sessions, Erasures erasures, FeedSubscriptions waiters) {
    this.sessions = sessions;
    this.erasures = erasures;
    this.waiters = waiters;
  }

  /** Deletes the caller's account and everything in it. */
  @Audited("account_erased")
  @DELETE
  public Response delete(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    AuditNote.of(http).anonymous();
    http.removeAttribute(Sessions.PROPERTY); // there is nothing to refresh any more
    boolean complete =
        erasures.user(
            session.user(),
            Math.max(session.signedInAt(), session.issuedAt()),
            sessions.lastEnd(session));
    waiters.wake(session.user());
    return (complete ? Response.noContent() : Response.accepted()).build();
  }
}
