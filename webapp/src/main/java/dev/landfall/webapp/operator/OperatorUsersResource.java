package dev.landfall.webapp.operator;

import dev.landfall.api.UserId;
import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.engine.erasure.DeletedUsers;
import dev.landfall.engine.erasure.Erasures;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.people.PeopleSettings;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.Users;
import dev.landfall.webapp.sync.FeedSubscriptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** What operators of the server do to a user. The user reads of it in their own audit trail. */
@Path("/operator/users/{userId}")
@Singleton
public class OperatorUsersResource {
  private final DeletedUsers deleted;
  private final Erasures erasures;
  private final Users users;
  private final PeopleSettings people;
  private final Sessions sessions;
  private final FeedSubscriptions waiters;

  /**
   * The routes over {@code deleted}.
   *
   * @param waiters those of a user who is kept out end
   */
  @Inject
  public OperatorUsersResource(
      DeletedUsers deleted,
      Erasures erasures,
      Users users,
      PeopleSettings people,
      Sessions sessions,
      FeedSubscriptions waiters) {
    this.deleted = deleted;
    this.erasures = erasures;
    this.users = users;
    this.people = people;
    this.sessions = sessions;
    this.waiters = waiters;
  }

  /** Keeps a user out. */
  @Audited("user_blocked")
  @PUT
  @Path("/blocked")
  public Response block(@PathParam("userId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    UserId user = known(id, session);
    if (user.equals(session.user())) {
      throw SyncException.badRequest("userId", "is your own");
    }
    AuditNote.of(http).of(user);
    deleted.block(user, true);
    waiters.wake(user);
    return Response.noContent().build();
  }

  /** Lets a user in again. */
  @Audited("user_unblocked")
  @DELETE
  @Path("/blocked")
  public Response unblock(@PathParam("userId") String id, @Context HttpServletRequest http) {
    UserId user = known(id, sessions.require(http));
    AuditNote.of(http).of(user);
    deleted.block(user, false);
    return Response.noContent().build();
  }

  /** Ends all sessions of a user. */
  @Audited("sessions_ended")
  @POST
  @Path("/sessions/end")
  public Response endSessions(@PathParam("userId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    UserId user = known(id, session);
    AuditNote.of(http).of(user);
    deleted.endSessions(user, 0, sessions.lastEndOfAnybody());
    waiters.wake(user);
    return Response.noContent().build();
  }

  /** Erases a user who has asked for it. */
  @Audited("account_erased")
  @DELETE
  public Response erase(@PathParam("userId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    UserId user = known(id, session);
    AuditNote.of(http).on("user", AuditEntry.GONE);
    boolean complete = erasures.user(user, 0, sessions.lastEndOfAnybody());
    waiters.wake(user);
    return (complete ? Response.noContent() : Response.accepted()).build();
  }

  private UserId known(String id, Session session) {
    people.requireOperator(session);
    try {
      UserId user = new UserId(id);
      if (users.isThere(user)) {
        return user;
      }
    } catch (IllegalArgumentException e) {
      throw noSuchUser();
    }
    throw noSuchUser();
  }

  private static SyncException noSuchUser() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is no such user");
  }
}
