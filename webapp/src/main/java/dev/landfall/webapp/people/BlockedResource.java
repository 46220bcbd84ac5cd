package dev.landfall.webapp.people;

import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.blocking.Blocks;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** People from whom the caller takes nothing. They are not told. */
@Path("/account/blocked")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class BlockedResource {
  private static final int MAX_PAGE = 1_000;

  private final Blocks blocks;
  private final SyncEngine engine;
  private final Sessions sessions;

  /** The routes over {@code blocks}. */
  @Inject
  public BlockedResource(Blocks blocks, SyncEngine engine, Sessions sessions) {
    this.blocks = blocks;
    this.engine = engine;
    this.sessions = sessions;
  }

  /** Whom the caller blocks. */
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    int limit = (int) query.whole("limit", 1, MAX_PAGE).orElse(MAX_PAGE);
    List<Blocks.Blocked> blocked =
        blocks.of(session.user(), query.optional("after", UserId::new), limit);
    JsonObject.Builder page =
        JsonObject.builder()
            .put(
                "blocked",
                new JsonArray(
                    blocked.stream()
                        .<JsonValue>map(
                            one ->
                                JsonObject.builder()
                                    .put("userId", one.user().value())
                                    .put("since", one.since().toString())
                                    .build())
                        .toList()));
    if (blocked.size() == limit) {
      page.put("after", blocked.get(limit - 1).user().value());
    }
    return Response.ok(Answer.of(page.build())).build();
  }

  /** Blocks somebody: what they have given ends, and what they give later grants nothing. */
  @Audited("person_blocked")
  @PUT
  @Path("/{userId}")
  public Response block(@PathParam("userId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    UserId blocked = user(id);
    if (blocked.equals(session.user())) {
      throw SyncException.badRequest("userId", "is your own");
    }
    blocks.block(session.user(), blocked);
    sessions.requireStill(session);
    engine.mute(blocked, session.user());
    return Response.noContent().build();
  }

  /** Takes again what somebody gives from now on. */
  @Audited("person_unblocked")
  @DELETE
  @Path("/{userId}")
  public Response unblock(@PathParam("userId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    blocks.unblock(session.user(), user(id));
    return Response.noContent().build();
  }

  private static UserId user(String id) {
    try {
      return new UserId(id);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("userId", String.valueOf(e.getMessage()));
    }
  }
}
