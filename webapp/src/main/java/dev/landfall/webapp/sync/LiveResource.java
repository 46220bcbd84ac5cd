package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/** Word that there is something to pull, as server-sent events. */
@Path("/{application}/live")
@Singleton
public class LiveResource {
  private static final int MAX_COLLECTIONS = 100;

  private final SyncEngine engine;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final FeedSubscriptions waiters;
  private final ScheduledExecutorService executor;

  /**
   * The route over {@code engine}.
   *
   * @param threads writes the events
   */
  @Inject
  public LiveResource(
      SyncEngine engine,
      Sessions sessions,
      RequestOwners owners,
      FeedSubscriptions waiters,
      ServerThreads threads) {
    this.engine = engine;
    this.sessions = sessions;
    this.owners = owners;
    this.waiters = waiters;
    this.executor = threads.executor();
  }

  /**
   * Opens a stream. Content never travels here: an event says that a pull would bring something,
   * and the pull decides what may be read.
   */
  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  public void live(
      @PathParam("application") String name,
      @Context HttpServletRequest http,
      @Context HttpServletResponse answer,
      @Context UriInfo uri,
      @Context SseEventSink sink,
      @Context Sse sse) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.configured(name, engine);
    Owner owner = owners.of(http, session);
    Query query = new Query(uri);
    Set<CollectionName> collections = new LinkedHashSet<>();
    for (String one : query.required("collections", text -> text).split(",", -1)) {
      collections.add(collection(one));
    }
    if (collections.size() > MAX_COLLECTIONS) {
      throw SyncException.badRequest("collections", "has more than " + MAX_COLLECTIONS + " names");
    }
    HybridTimestamp since =
        query.optional("since", HybridTimestamp::parse).orElse(HybridTimestamp.ZERO);
    String resumed = http.getHeader(HttpHeaders.LAST_EVENT_ID_HEADER);
    if (resumed != null) {
      since = clock(resumed);
    }
    answer.setHeader("X-Accel-Buffering", "no"); // nginx would keep events until there are 8 kB
    new LiveStream(
            engine,
            waiters,
            executor,
            () -> {
              sessions.requireStill(session);
              owners.check(session.user(), owner);
            },
            application,
            session.user(),
            owner,
            sink,
            sse)
        .open(collections, since);
  }

  private static CollectionName collection(String name) {
    try {
      return new CollectionName(name);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("collections", String.valueOf(e.getMessage()));
    }
  }

  private static HybridTimestamp clock(String text) {
    try {
      return HybridTimestamp.parse(text);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest(
          HttpHeaders.LAST_EVENT_ID_HEADER, String.valueOf(e.getMessage()));
    }
  }
}
