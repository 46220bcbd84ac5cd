package dev.landfall.webapp.account;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.erasure.ErasureReceipts;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
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
import jakarta.ws.rs.core.UriInfo;

/** The end of the caller's account. */
@Path("/account")
@Singleton
public class AccountResource {
  private final Sessions sessions;
  private final Erasures erasures;
  private final ErasureReceipts receipts;
  private final Devices devices;
  private final FeedSubscriptions waiters;

  /**
   * The route over {@code erasures}.
   *
   * @param waiters those of the user end
   */
  @Inject
  public AccountResource(
      Sessions sessions,
      Erasures erasures,
      ErasureReceipts receipts,
      Devices devices,
      FeedSubscriptions waiters) {
    this.sessions = sessions;
    this.erasures = erasures;
    this.receipts = receipts;
    this.devices = devices;
    this.waiters = waiters;
  }

  /** Deletes the caller's account and everything in it. */
  @Audited("account_erased")
  @DELETE
  public Response delete(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    boolean tells = new Query(uri).flag("receipt");
    AuditNote.of(http).anonymous();
    http.removeAttribute(Sessions.PROPERTY); // there is nothing to refresh any more
    String receipt = receipts.makeOut(session.user(), devices.of(session.user(), "", Devices.MAX));
    boolean complete;
    try {
      complete =
          erasures.user(
              session.user(),
              Math.max(session.signedInAt(), session.issuedAt()),
              sessions.lastEnd(session));
    } catch (SyncException e) {
      receipts.takeBack(receipt);
      throw e;
    }
    waiters.wake(session.user());
    if (tells) {
      return Response.status(complete ? Response.Status.OK : Response.Status.ACCEPTED)
          .entity(
              Answer.of(
                  JsonObject.builder().put("receiptId", receipt).put("complete", complete).build()))
          .build();
    }
    return (complete ? Response.noContent() : Response.accepted())
        .header("X-Erasure-Receipt", receipt)
        .build();
  }
}
