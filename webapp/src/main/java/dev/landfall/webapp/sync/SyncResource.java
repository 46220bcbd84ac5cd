package dev.landfall.webapp.sync;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.Resync;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.device.DeviceInfo;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.device.Position;
import dev.landfall.engine.instance.InstanceId;
import dev.landfall.engine.instance.StoreEpoch;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.webapp.http.Body;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.SessionException;
import dev.landfall.webapp.session.Sessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Push and pull in one request. */
@Path("/{application}/sync")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class SyncResource {
  private static final Logger LOG = Logger.getLogger(SyncResource.class.getName());

  private final SyncEngine engine;
  private final InstanceId instance;
  private final StoreEpoch epoch;
  private final Sessions sessions;
  private final RequestOwners owners;
  private final Devices devices;
  private final Body body;
  private final int maxChanges;
  private final InstantSource time = InstantSource.system();

  /** The route over {@code engine}. */
  @Inject
  public SyncResource(
      SyncEngine engine,
      InstanceId instance,
      StoreEpoch epoch,
      Sessions sessions,
      RequestOwners owners,
      Devices devices,
      Body body,
      SyncSettings settings) {
    this.engine = engine;
    this.instance = instance;
    this.epoch = epoch;
    this.sessions = sessions;
    this.owners = owners;
    this.devices = devices;
    this.body = body;
    this.maxChanges = settings.limits().changes();
  }

  /** Stores what the client pushes and answers with what it has not seen. */
  @POST
  public Response sync(@PathParam("application") String name, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    ApplicationName application = Applications.named(name);
    Owner owner;
    try {
      owner = owners.of(http, session);
    } catch (SyncException e) {
      if (e.problem() == SyncProblem.NOT_A_MEMBER) {
        noticeRefused(application, session, http);
      }
      throw e;
    }
    JsonValue sent = body.read(http, session.user().value());
    Optional<DeviceInfo> device = SyncRequestJson.device(sent);
    SyncRequest asked = SyncRequestJson.read(sent, maxChanges);
    SyncRequest request = heardOf(device, session, application, owner, asked);
    SyncAnswer answer =
        engine
            .admitting(sessions.admission(session, owners::check))
            .sync(application, session.user(), owner, request);
    if (answer.resyncCause().equals(Optional.of(Resync.RESTORED))) {
      notice(application, request.clientClock());
    }
    return Response.ok(new SyncAnswerJson(answer, instance, request.collection(), request.acks()))
        .build();
  }

  /** Notes how far a device is, before anything is stored; one that was removed is refused. */
  private SyncRequest heardOf(
      Optional<DeviceInfo> device,
      Session session,
      ApplicationName application,
      Owner owner,
      SyncRequest request) {
    if (device.isEmpty()) {
      devices.seenNameless(session.user(), application);
      return request;
    }
    Position asked =
        new Position(
            application, owner, request.collection(), request.clientClock(), time.millis());
    return switch (devices.seen(session.user(), device.get(), session.signedInAt(), asked)) {
      case THERE -> request;
      case AWAY -> request.startingAnew();
      case REMOVED -> throw new SessionException(SessionException.Reason.DEVICE_REMOVED);
    };
  }

  /** What cannot be read, or is about nothing, shows nothing; it is refused as it is. */
  private void noticeRefused(
      ApplicationName application, Session session, HttpServletRequest http) {
    try {
      notice(application, SyncRequestJson.clientClock(body.read(http, session.user().value())));
    } catch (SyncException e) {
      if (e.problem() == SyncProblem.UNAVAILABLE) {
        throw e;
      }
      LOG.log(Level.FINE, "a refused sync shows no clock", e);
    }
  }

  /**
   * A client shows how far it has come. If that is further than this server has, it was set back;
   * who is told then that they are no member has to learn of it, too.
   */
  private void notice(ApplicationName application, HybridTimestamp clock) {
    if (engine.isLost(application, clock) && epoch.setBack()) {
      LOG.warning(
          "The database was set back or emptied: a client holds a clock that it does not know");
    }
  }
}
