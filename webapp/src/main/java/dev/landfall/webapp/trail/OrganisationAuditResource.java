package dev.landfall.webapp.trail;

import dev.landfall.api.OrganisationId;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.webapp.audit.Audit;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.organisation.OrganisationJson;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;

/** What has been done in an organisation and to it, for its administrators. */
@Path("/orgs/{orgId}/audit")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OrganisationAuditResource {
  private final Audit audit;
  private final Organisations organisations;
  private final Sessions sessions;

  /** The route over {@code audit}. */
  @Inject
  public OrganisationAuditResource(Audit audit, Organisations organisations, Sessions sessions) {
    this.audit = audit;
    this.organisations = organisations;
    this.sessions = sessions;
  }

  /** A page of it, newest first. Where others came from is not told. */
  @GET
  public Response list(
      @PathParam("orgId") String id, @Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    organisations.requireAdmin(session.user(), organisation);
    return AuditJson.page(
        new Query(uri),
        (after, limit) -> audit.trail().of(organisation, after, limit),
        who -> who.equals(Optional.of(session.user())));
  }
}
