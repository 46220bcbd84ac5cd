package dev.landfall.webapp.trail;

import dev.landfall.webapp.audit.Audit;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.people.PeopleSettings;
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

/** All that has been done on this server, for its operators. That they read it is in it. */
@Path("/operator/audit")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OperatorAuditResource {
  private final Audit audit;
  private final PeopleSettings people;
  private final Sessions sessions;

  /** The route over {@code audit}. */
  @Inject
  public OperatorAuditResource(Audit audit, PeopleSettings people, Sessions sessions) {
    this.audit = audit;
    this.people = people;
    this.sessions = sessions;
  }

  /** A page of it, newest first. */
  @Audited("audit_read")
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    people.requireOperator(session);
    return AuditJson.page(new Query(uri), audit.trail()::all, who -> true);
  }
}
