package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.people.Person;
import dev.landfall.engine.people.Profiles;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What people are called with whom the caller has to do, and who is found by an address. */
@Path("/people")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class PeopleResource {
  private final Profiles profiles;
  private final Acquaintances acquaintances;
  private final LookUps lookUps;
  private final Sessions sessions;

  /** The routes over {@code profiles}. */
  @Inject
  public PeopleResource(
      Profiles profiles, Acquaintances acquaintances, LookUps lookUps, Sessions sessions) {
    this.profiles = profiles;
    this.acquaintances = acquaintances;
    this.lookUps = lookUps;
    this.sessions = sessions;
  }

  /** Of the ids those that the caller may know, or those whom an address finds. */
  @GET
  public Response find(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    Optional<Set<UserId>> ids = query.optional("ids", PeopleJson::ids);
    Optional<EmailAddress> address = query.optional("email", EmailAddress::new);
    if (ids.isPresent() == address.isPresent()) {
      throw SyncException.badRequest("ids", "or email must be given, and not both");
    }
    List<Person> found =
        address.isPresent() ? found(session, address.get()) : known(session, ids.orElseThrow());
    return Response.ok(Answer.of(PeopleJson.people(found))).build();
  }

  private List<Person> found(Session session, EmailAddress address) {
    lookUps.take(session.user());
    return profiles.find(session.user(), address);
  }

  private List<Person> known(Session session, Set<UserId> ids) {
    Set<UserId> known = acquaintances.of(session.user(), ids);
    return ids.stream()
        .filter(known::contains)
        .flatMap(id -> profiles.person(id).stream())
        .toList();
  }
}
