package dev.landfall.webapp.transfer;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.organisation.Administered;
import dev.landfall.engine.organisation.Member;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Page;
import dev.landfall.webapp.audit.Audited;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Optional;

/** Everything that an organisation has, for its administrators. */
@Path("/orgs/{orgId}/export")
@Produces(MediaType.WILDCARD)
@Singleton
public class OrganisationExportResource {
  private final SyncEngine engine;
  private final Organisations organisations;
  private final Sessions sessions;
  private final Exports exports;

  /** The route over {@code engine}. */
  @Inject
  public OrganisationExportResource(
      SyncEngine engine, Organisations organisations, Sessions sessions, Exports exports) {
    this.engine = engine;
    this.organisations = organisations;
    this.sessions = sessions;
    this.exports = exports;
  }

  /** Its members, its documents in every application, and who else reads them. */
  @Audited("organisation_exported")
  @GET
  public Response export(
      @PathParam("orgId") String id,
      @Context HttpServletRequest http,
      @Context UriInfo uri,
      @Context HttpHeaders headers) {
    Session session = sessions.require(http);
    UserId reader = session.user();
    OrganisationId organisation = OrganisationJson.id(id);
    Administered administered = organisations.administered(reader, organisation);
    JsonObject about =
        JsonObject.builder()
            .put("orgId", organisation.value())
            .put("name", administered.name())
            .put("createdAt", administered.createdAt().toString())
            .build();
    ExportSource source =
        new ExportSource(
            engine,
            organisation,
            "org",
            about,
            sink -> members(reader, organisation, sink),
            () -> {
              sessions.requireStill(session);
              organisations.administered(reader, organisation);
            });
    return exports.answer(source, reader, uri, headers);
  }

  private void members(UserId reader, OrganisationId organisation, ExportSource.MemberSink sink)
      throws IOException {
    Optional<String> after = Optional.empty();
    boolean more = true;
    while (more) {
      Page<Member> page =
          organisations.members(
              reader, organisation, after.map(UserId::new), Organisations.MAX_PAGE);
      for (Member member : page.items()) {
        sink.accept(OrganisationJson.member(member));
      }
      after = page.after();
      more = after.isPresent();
    }
  }
}
