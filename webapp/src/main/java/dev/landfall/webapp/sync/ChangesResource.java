package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A pull that waits until there is something: the long poll. */
@Path("/{application}/changes")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class ChangesResource {
  private static final long DEFAULT_WAIT = 25;
  private static final long MAX_WAIT = 60;

  private final SyncEngine engine;
  private final InstanceId instance;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final Devices devices;
  private final FeedSubscriptions waiters;
  private final ScheduledExecutorService executor;

  /**
   * The route over {@code engine}.
   *
   * @param threads answers those who have waited
   */
  @Inject
  public ChangesResource(
      SyncEngine engine,
      InstanceId instance,
      Sessions sessions,
      RequestOwners owners,
      Devices devices,
      FeedSubscriptions waiters,
      ServerThreads threads) {
    this.engine = engine;
    this.instance = instance;
    this.sessions = sessions;
    this.owners = owners;
    this.devices = devices;
    this.waiters = waiters;
    this.executor = threads.executor();
  }

  /**
   * Answers with what is new since a clock; if there is nothing, as soon as there is, or when the
   * time is over.
   */
  @GET
  public void changes(
      @PathParam("application") String name,
      @Context HttpServletRequest http,
      @Context UriInfo uri,
      @Suspended AsyncResponse response) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.named(name);
    Owner owner = owners.of(http, session);
    Query query = new Query(uri);
    CollectionName collection = query.required("collection", CollectionName::new);
    OptionalLong limit = query.whole("limit", 1, SyncRequest.MAX_LIMIT);
    SyncRequest request =
        new SyncRequest(
            collection,
            query.optional("since", HybridTimestamp::parse).orElse(HybridTimestamp.ZERO),
            List.of(),
            limit.isPresent() ? OptionalInt.of((int) limit.getAsLong()) : OptionalInt.empty(),
            query.whole("maxBytes", 1, Long.MAX_VALUE),
            false,
            query.flag("owners"),
            false);
    devices.seenNameless(session.user(), application);
    long wait = query.whole("wait", 0, MAX_WAIT).orElse(DEFAULT_WAIT);
    new Poll(session, application, owner, request, response).begin(wait);
  }

  /** A pull, as the client has asked for it. */
  private final class Poll implements LongPoll.Request {
    private final Session session;
    private final ApplicationName application;
    private final UserId caller;
    private final Owner owner;
    private final SyncRequest request;
    private final AsyncResponse response;
    private volatile @Nullable Future<?> looking;

    Poll(
        Session session,
        ApplicationName application,
        Owner owner,
        SyncRequest request,
        AsyncResponse response) {
      this.session = session;
      this.application = application;
      this.caller = session.user();
      this.owner = owner;
      this.request = request;
      this.response = response;
    }

    void begin(long waitSeconds) {
      LongPoll poll = new LongPoll(executor, this::later, this);
      // Looking comes after subscribing: news between the two would wake nobody.
      Set<Feed> feeds = engine.feeds(application, caller, owner, request.collection());
      FeedSubscriptions.Waiter waiter = waiters.subscribe(application, feeds, caller, poll);
      Runnable leave = waiter::leave;
      boolean waits = false;
      try {
        waits = waitSeconds > 0 && !hasNews();
      } finally {
        if (!waits) {
          leave.run();
        }
      }
      if (!waits) {
        poll.answer();
        return;
      }
      response.register((jakarta.ws.rs.container.CompletionCallback) failure -> leave.run());
      response.register((jakarta.ws.rs.container.CompletionCallback) failure -> lookNoMore());
      Future<?> end = executor.schedule(poll::answer, waitSeconds, TimeUnit.SECONDS);
      response.register((jakarta.ws.rs.container.CompletionCallback) failure -> end.cancel(false));
    }

    private void lookNoMore() {
      Future<?> last = looking;
      if (last != null) {
        last.cancel(false);
      }
    }

    private void later(Runnable look, long afterMillis) {
      looking = executor.schedule(look, afterMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void requireRight() {
      sessions.requireStill(session);
    }

    @Override
    public boolean hasNews() {
      return engine.hasNews(
          application, caller, owner, request.collection(), request.clientClock());
    }

    @Override
    public void answer() {
      try {
        sessions.requireStill(session);
        owners.check(caller, owner); // again: membership may have ended meanwhile
        SyncAnswer answer = engine.sync(application, caller, owner, request);
        response.resume(
            Response.ok(new SyncAnswerJson(answer, instance, request.collection(), false)).build());
      } catch (RuntimeException e) {
        response.resume(e);
      }
    }
  }
}
