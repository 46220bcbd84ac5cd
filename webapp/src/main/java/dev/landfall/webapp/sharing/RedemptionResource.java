package dev.landfall.webapp.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sync.RequestOwners;
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

/** A share link becomes a grant, for whoever has the link and signs in. */
@Path("/shared/{token}/redeem")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class RedemptionResource {
  private final ShareLinks links;
  private final SyncEngine engine;
  private final SharingGuard guard;
  private final RequestOwners owners;
  private final Sessions sessions;

  /** The route over {@code links}. */
  @Inject
  public RedemptionResource(
      ShareLinks links,
      SyncEngine engine,
      SharingGuard guard,
      RequestOwners owners,
      Sessions sessions) {
    this.links = links;
    this.engine = engine;
    this.guard = guard;
    this.owners = owners;
    this.sessions = sessions;
  }

  /** Grants the caller what the link grants. */
  @Audited("link_redeemed")
  @POST
  public Response redeem(@PathParam("token") String token, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    ShareLinks.Redeemed redeemed =
        links.redeem(
            engine.admitting(sessions.admission(session, owners::check)),
            session.user(),
            token,
            guard);
    Document document = redeemed.document();
    DocumentId id = document.id();
    AuditNote.of(http)
        .of(id.owner())
        .on("application", redeemed.application().value())
        .on("collection", id.collection().value())
        .on("key", id.key().value());
    boolean writes =
        id.owner().equals(session.user())
            || document.index().sharing().lets(session.user(), redeemed.application());
    return Response.ok(
            Answer.of(
                JsonObject.builder()
                    .put("app", redeemed.application().value())
                    .put("collection", id.collection().value())
                    .put("key", id.key().value())
                    .put("owner", id.owner().value())
                    .put("access", SharingJson.access(writes))
                    .build()))
        .build();
  }
}
