package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The earlier versions of a document, and the way back to one. */
@Path("/{application}/history")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class HistoryResource {
  private static final long DEFAULT_VERSIONS = 50;

  private final SyncEngine engine;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final Body body;

  /** The routes over {@code engine}. */
  @Inject
  public HistoryResource(SyncEngine engine, Sessions sessions, RequestOwners owners, Body body) {
    this.engine = engine;
    this.sessions = sessions;
    this.owners = owners;
    this.body = body;
  }

  /** The versions of a document, newest first. */
  @GET
  public Response list(
      @PathParam("application") String name,
      @Context HttpServletRequest http,
      @Context UriInfo uri) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.named(name);
    Owner owner = owners.of(http, session);
    Query query = new Query(uri);
    DocumentId id =
        new DocumentId(
            query.<Owner>optional("owner", UserId::new).orElse(owner),
            query.required("collection", CollectionName::new),
            query.required("key", DocumentKey::new));
    VersionPage page =
        engine.history(
            application,
            session.user(),
            owner,
            id,
            query.optional("before", HybridTimestamp::parse),
            (int) query.whole("limit", 1, SyncEngine.MAX_VERSIONS).orElse(DEFAULT_VERSIONS));
    return Response.ok(new HistoryJson(page)).build();
  }

  /** Writes an earlier version as a new edit. */
  @POST
  @Path("/restore")
  public Response restore(@PathParam("application") String name, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.named(name);
    Owner owner = owners.of(http, session);
    Members members = Members.ofBody(body.read(http, session.user().value()));
    DocumentId id =
        new DocumentId(
            members.isAbsent("owner") ? owner : members.string("owner", UserId::new),
            members.string("collection", CollectionName::new),
            members.string("key", DocumentKey::new));
    Bytes restored =
        engine
            .admitting(sessions.admission(session, owners::check))
            .restore(application, session.user(), owner, id, members.clock("commit"));
    return Response.ok((Answer) out -> out.json().raw(restored)).build();
  }
}
