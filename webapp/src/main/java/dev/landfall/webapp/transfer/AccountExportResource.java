package dev.landfall.webapp.transfer;

import dev.landfall.api.json.JsonNull;
import dev.landfall.api.json.JsonNumber;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.people.Profiles;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.people.PeopleJson;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.session.Users;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;

/** Everything that a user has. */
@Path("/account/export")
@Produces(MediaType.WILDCARD)
@Singleton
public class AccountExportResource {
  private static final List<String> TOLD =
      List.of("name", "email", "addresses", "providers", "accounts", "createdAt");

  private final SyncEngine engine;
  private final Sessions sessions;
  private final Users users;
  private final Profiles profiles;
  private final Exports exports;

  /** The route over {@code engine}. */
  @Inject
  public AccountExportResource(
      SyncEngine engine, Sessions sessions, Users users, Profiles profiles, Exports exports) {
    this.engine = engine;
    this.sessions = sessions;
    this.users = users;
    this.profiles = profiles;
    this.exports = exports;
  }

  /** The caller's documents, in every application, and who reads them. */
  @Audited("account_exported")
  @GET
  public Response export(
      @Context HttpServletRequest http, @Context UriInfo uri, @Context HttpHeaders headers) {
    Session session = sessions.require(http);
    JsonObject stored =
        users
            .stored(session.user())
            .orElseThrow(() -> new SyncException(SyncProblem.UNAUTHORIZED, "The account is gone"));
    JsonObject.Builder user = JsonObject.builder().put("userId", session.user().value());
    for (String name : TOLD) {
      JsonValue value = stored.get(name);
      if (value != null && value != JsonNull.NULL) {
        user.put(name, told(name, value));
      }
    }
    user.put("profile", PeopleJson.profile(profiles.of(session.user())));
    ExportSource source =
        new ExportSource(
            engine,
            session.user(),
            "user",
            user.build(),
            ExportSource.Members.NONE,
            () -> sessions.requireStill(session));
    return exports.answer(source, session.user(), uri, headers);
  }

  /** Times are told as everywhere else. */
  private static JsonValue told(String name, JsonValue value) {
    return name.equals("createdAt") && value instanceof JsonNumber millis
        ? new JsonString(Instant.ofEpochMilli(millis.value().longValueExact()).toString())
        : value;
  }
}
