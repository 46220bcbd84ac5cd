package dev.landfall.webapp.invitation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.invitation.InvitationRequest;
import dev.landfall.engine.invitation.Invitations;
import dev.landfall.engine.invitation.Made;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.organisation.OrganisationJson;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** Whom the administrators of an organisation have invited. */
@Path("/orgs/{orgId}/invitations")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class OrganisationInvitationsResource {
  private static final int MAX_PAGE = 100;

  private final Invitations invitations;
  private final Memberships memberships;
  private final InvitationAddress address;
  private final Sessions sessions;
  private final Body body;

  /** The routes over {@code invitations}. */
  @Inject
  public OrganisationInvitationsResource(
      Invitations invitations,
      Memberships memberships,
      InvitationAddress address,
      Sessions sessions,
      Body body) {
    this.invitations = invitations;
    this.memberships = memberships;
    this.address = address;
    this.sessions = sessions;
    this.body = body;
  }

  /** Invites. The link is told once. */
  @Audited("member_invited")
  @POST
  public Response make(@PathParam("orgId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    OrganisationId organisation = OrganisationJson.id(id);
    InvitationRequest request = InvitationJson.request(body.read(http, session.user().value()));
    sessions.requireStill(session);
    Made made = invitations.make(session.user(), organisation, request);
    memberships.enter(session.user(), organisation); // whoever decides who is in it acts for it
    return Response.status(Response.Status.CREATED)
        .entity(
            Answer.of(
                JsonObject.builder()
                    .put("invitationId", made.invitation().id())
                    .put("url", address.of(made.token()))
                    .put("expiresAt", InvitationJson.text(made.invitation().expiresAt()))
                    .build()))
        .build();
  }

  /** Those that can be accepted. */
  @GET
  public Response list(
      @PathParam("orgId") String id, @Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    return Response.ok(
            Answer.of(
                InvitationJson.page(
                    invitations.of(
                        session.user(),
                        OrganisationJson.id(id),
                        query.optional("after", after -> after),
                        (int) query.whole("limit", 1, MAX_PAGE).orElse(MAX_PAGE)))))
        .build();
  }

  /** Takes one back. */
  @Audited("invitation_revoked")
  @DELETE
  @Path("/{invitationId}")
  public Response revoke(
      @PathParam("orgId") String id,
      @PathParam("invitationId") String invitation,
      @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    invitations.revoke(session.user(), OrganisationJson.id(id), invitation);
    return Response.noContent().build();
  }
}
