package dev.landfall.webapp.session;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.instance.StoreEpoch;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.http.Loopback;
import dev.landfall.webapp.http.Members;
import dev.landfall.webapp.http.Query;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** Who am I, and the sign-in for development. */
@Path("/auth")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class AuthResource {
  private static final List<String> DEVELOPMENT = List.of("dev");
  private static final int MAX_NAME = 100;

  private final boolean development;
  private final InstanceId instance;
  private final StoreEpoch epoch;
  private final Sessions sessions;
  private final Body body;
  private final Callers callers;

  /** The routes below {@code /auth}. */
  @Inject
  public AuthResource(
      SessionSettings settings,
      InstanceId instance,
      StoreEpoch epoch,
      Sessions sessions,
      Body body,
      Callers callers) {
    this.instance = instance;
    this.epoch = epoch;
    this.development = settings.development();
    this.sessions = sessions;
    this.body = body;
    this.callers = callers;
  }

  /**
   * Signs somebody in under a name; the same name is the same user. An address that comes with it
   * counts as verified, like the name.
   */
  @WithoutSession("it makes one")
  @Audited("signed_in")
  @POST
  @Path("/dev")
  public Response signIn(@Context HttpServletRequest request) {
    if (!development) {
      throw new SyncException(SyncProblem.NOT_FOUND, "There is nothing here");
    }
    requireLocal(request);
    callers.countWithoutSession(request);
    Members members = Members.ofBody(body.read(request, callers.of(request)));
    String name = members.string("name", AuthResource::checkedName);
    Optional<String> email =
        members.isAbsent("email")
            ? Optional.empty()
            : Optional.of(members.string("email", EmailAddress::new).value());
    UserId user = UserIds.of("dev", name);
    AuditNote.of(request).by(user);
    String token = sessions.signIn(user, email, Optional.of(name), DEVELOPMENT);
    return ok(
        JsonObject.builder()
            .put("user", user(user, email, Optional.of(name), DEVELOPMENT))
            .put("token", token)
            .build());
  }

  /** Who the caller is, and which server says so. */
  @GET
  @Path("/me")
  public Response me(@Context HttpServletRequest request) {
    Session session = sessions.require(request);
    return ok(
        JsonObject.builder()
            .put("userId", session.user().value())
            .put("email", Users.orNull(session.email()))
            .put("providers", names(session.providers()))
            .put("instance", instance.value())
            .put("epoch", epoch.current())
            .build());
  }

  /**
   * Tells the caller to forget its token: sessions have no state here. With {@code everywhere} all
   * tokens of the caller that have been issued are over, on every node.
   */
  @WithoutSession("to discard a token needs none; everywhere asks for one")
  @Audited("sessions_ended")
  @POST
  @Path("/logout")
  public Response signOut(@Context HttpServletRequest request, @Context UriInfo uri) {
    if (new Query(uri).flag("everywhere")) {
      Session session = sessions.require(request);
      request.removeAttribute(Sessions.PROPERTY); // there is nothing to refresh any more
      sessions.endAll(session);
    } else {
      callers.countWithoutSession(request);
    }
    return ok(JsonObject.builder().put("message", "Discard the token.").build());
  }

  private static String checkedName(String given) {
    String name = given.strip();
    if (name.isEmpty()
        || name.codePointCount(0, name.length()) > MAX_NAME
        || name.codePoints()
            .anyMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("must be a name of 1 to " + MAX_NAME + " characters");
    }
    return name;
  }

  /**
   * Only who sits at this machine may be whom he likes; not who comes through a proxy on it either,
   * nor a page of somebody else that has its own name point to this machine.
   */
  private static void requireLocal(HttpServletRequest request) {
    boolean forwarded =
        request.getHeader("Forwarded") != null || request.getHeader("X-Forwarded-For") != null;
    if (forwarded || !isLoopback(request.getRemoteAddr()) || !Loopback.isHost(named(request))) {
      throw new SyncException(SyncProblem.FORBIDDEN, "The development sign-in is local");
    }
  }

  /** Under which name the server was asked; requests of HTTP/2 have no {@code Host}. */
  private static String named(HttpServletRequest request) {
    String host = request.getHeader("Host");
    return host == null ? request.getServerName() : host;
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static JsonObject user(
      UserId user, Optional<String> email, Optional<String> name, List<String> providers) {
    return JsonObject.builder()
        .put("userId", user.value())
        .put("name", Users.orNull(name))
        .put("email", Users.orNull(email))
        .put("providers", names(providers))
        .build();
  }

  private static JsonArray names(List<String> providers) {
    return new JsonArray(providers.stream().<JsonValue>map(JsonString::new).toList());
  }

  private static Response ok(JsonObject json) {
    return Response.ok(Answer.of(json)).build();
  }
}
