package dev.landfall.webapp.transfer;

import dev.landfall.api.OrganisationId;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.organisation.OrganisationJson;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Takes the documents in the export of an organisation back, for one of its administrators. */
@Path("/orgs/{orgId}/import")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OrganisationImportResource {
  private final Organisations organisations;
  private final Sessions sessions;
  private final Imports imports;

  /** The route over {@code imports}. */
  @Inject
  public OrganisationImportResource(
      Organisations organisations, Sessions sessions, Imports imports) {
    this.organisations = organisations;
    this.sessions = sessions;
    this.imports = imports;
  }

  /** Writes the documents in the body as edits made now. Members stay who they are. */
  @Audited("organisation_imported")
  @POST
  public Response run(
      @PathParam("orgId") String id, @Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    organisations.administered(session.user(), organisation);
    return Response.ok(
            Answer.of(
                imports.run(
                    http,
                    new Query(uri),
                    session.user(),
                    organisation,
                    "org",
                    sessions.admission(
                        session, (user, owner) -> organisations.administered(user, organisation)))))
        .build();
  }
}
