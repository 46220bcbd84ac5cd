package dev.landfall.webapp.transfer;

import dev.landfall.engine.commit.Admission;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Takes the export of an account back, into the account of whoever sends it. */
@Path("/account/import")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class AccountImportResource {
  private final Sessions sessions;
  private final Imports imports;

  /** The route over {@code imports}. */
  @Inject
  public AccountImportResource(Sessions sessions, Imports imports) {
    this.sessions = sessions;
    this.imports = imports;
  }

  /** Writes what is in the body as edits made now. */
  @Audited("account_imported")
  @POST
  public Response run(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    return Response.ok(
            Answer.of(
                imports.run(
                    http,
                    new Query(uri),
                    session.user(),
                    session.user(),
                    "user",
                    sessions.admission(session, Admission.ALL))))
        .build();
  }
}
