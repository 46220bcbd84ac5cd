package dev.landfall.webapp.invitation;

import dev.landfall.engine.invitation.Invitation;
import dev.landfall.engine.invitation.Invitations;
import dev.landfall.engine.invitation.Invited;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.people.Account;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.people.Profiles;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.organisation.OrganisationJson;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.SessionException;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.Users;
import dev.landfall.webapp.session.WithoutSession;
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
import java.util.Set;

/**
 * An invitation for whoever has its link. One that was never made is answered like one that counts
 * no more, and is counted, as with share links.
 */
@Path("/invitations/{token}")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class InvitationResource {
  private final Invitations invitations;
  private final Organisations organisations;
  private final Profiles profiles;
  private final Users users;
  private final Sessions sessions;
  private final Callers callers;

  /** The routes over {@code invitations}. */
  @Inject
  public InvitationResource(
      Invitations invitations,
      Organisations organisations,
      Profiles profiles,
      Users users,
      Sessions sessions,
      Callers callers) {
    this.invitations = invitations;
    this.organisations = organisations;
    this.profiles = profiles;
    this.users = users;
    this.sessions = sessions;
    this.callers = callers;
  }

  /** Who invites to what. */
  @WithoutSession("the link is the right, and whoever is invited may not be anybody yet")
  @GET
  public Response open(@PathParam("token") String token, @Context HttpServletRequest http) {
    Invited invited =
        invitations
            .open(token)
            .orElseThrow(
                () -> {
                  callers.countWithoutSession(http);
                  return new SyncException(SyncProblem.NOT_FOUND, "There is no such invitation");
                });
    return Response.ok(
            Answer.of(InvitationJson.invited(invited, profiles.of(invited.invitation().inviter()))))
        .header("Referrer-Policy", "no-referrer")
        .header("X-Robots-Tag", "noindex")
        .build();
  }

  /** Makes the caller a member. */
  @Audited("invitation_accepted")
  @POST
  @Path("/accept")
  public Response accept(@PathParam("token") String token, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    sessions.requireStill(session);
    Invitations.Accepted accepted = invitations.accept(session.user(), addresses(session), token);
    try {
      sessions.requireStill(session);
    } catch (SessionException e) {
      // accepted while the account was deleted: it would bring the id back
      organisations.remove(session.user(), accepted.invitation().organisation(), session.user());
      invitations.forget(session.user(), Set.of());
      throw e;
    }
    note(http, accepted.invitation());
    return Response.ok(Answer.of(OrganisationJson.added(accepted.member()))).build();
  }

  /** Says no. */
  @Audited("invitation_declined")
  @POST
  @Path("/decline")
  public Response decline(@PathParam("token") String token, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    note(http, invitations.decline(addresses(session), token));
    return Response.noContent().build();
  }

  private static void note(HttpServletRequest http, Invitation invitation) {
    AuditNote.of(http).of(invitation.organisation()).concerning(invitation.inviter());
  }

  private Set<EmailAddress> addresses(Session session) {
    return users.account(session.user()).map(Account::addresses).orElse(Set.of());
  }
}
