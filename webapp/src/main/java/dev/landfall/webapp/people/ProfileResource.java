package dev.landfall.webapp.people;

import dev.landfall.engine.people.Profile;
import dev.landfall.engine.people.ProfileChange;
import dev.landfall.engine.people.Profiles;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.SessionException;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What the caller says of themselves. */
@Path("/account/profile")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class ProfileResource {
  private final Profiles profiles;
  private final Sessions sessions;
  private final Body body;

  /** The routes over {@code profiles}. */
  @Inject
  public ProfileResource(Profiles profiles, Sessions sessions, Body body) {
    this.profiles = profiles;
    this.sessions = sessions;
    this.body = body;
  }

  /** The caller's profile. */
  @GET
  public Response get(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    return answer(profiles.of(session.user()));
  }

  /** Changes the caller's profile. */
  @Audited("profile_changed")
  @PATCH
  public Response change(@Context HttpServletRequest http) {
    Session session = sessions.require(http);
    ProfileChange change = PeopleJson.change(body.read(http, session.user().value()));
    sessions.requireStill(session);
    Profile changed = profiles.change(session.user(), change);
    try {
      sessions.requireStill(session);
    } catch (SessionException e) {
      profiles.forget(session.user()); // said while the account was deleted
      throw e;
    }
    return answer(changed);
  }

  private static Response answer(Profile profile) {
    return Response.ok(Answer.of(PeopleJson.profile(profile))).build();
  }
}
