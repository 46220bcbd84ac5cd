package dev.landfall.webapp.trail;

import dev.landfall.webapp.audit.Audit;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;

/** What the caller has done, and what others have done that concerns them. */
@Path("/account/audit")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class AccountAuditResource {
  private final Audit audit;
  private final Sessions sessions;

  /** The route over {@code audit}. */
  @Inject
  public AccountAuditResource(Audit audit, Sessions sessions) {
    this.audit = audit;
    this.sessions = sessions;
  }

  /** A page of it, newest first. Where others came from is not told. */
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    return AuditJson.page(
        new Query(uri),
        (after, limit) -> audit.trail().of(session.user(), after, limit),
        who -> who.equals(Optional.of(session.user())));
  }
}
