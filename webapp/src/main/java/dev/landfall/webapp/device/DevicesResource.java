package dev.landfall.webapp.device;

import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.device.DeviceId;
import dev.landfall.engine.device.Devices;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.audit.AuditNote;
import dev.landfall.webapp.audit.Audited;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Query;
import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.sync.FeedSubscriptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The caller's devices, as far as they say in their syncs what they are. */
@Path("/account/devices")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class DevicesResource {
  /** Each costs some counting. */
  private static final int MAX_PAGE = 20;

  private final Devices devices;
  private final SyncEngine engine;
  private final Sessions sessions;
  private final FeedSubscriptions waiters;

  /**
   * The routes over {@code devices}.
   *
   * @param waiters those of the user end if their device is removed
   */
  @Inject
  public DevicesResource(
      Devices devices, SyncEngine engine, Sessions sessions, FeedSubscriptions waiters) {
    this.devices = devices;
    this.engine = engine;
    this.sessions = sessions;
    this.waiters = waiters;
  }

  /** The devices, and how far behind each is. */
  @GET
  public Response list(@Context HttpServletRequest http, @Context UriInfo uri) {
    Session session = sessions.require(http);
    Query query = new Query(uri);
    int limit = (int) query.whole("limit", 1, MAX_PAGE).orElse(MAX_PAGE);
    String after = query.optional("after", text -> new DeviceId(text).value()).orElse("");
    return Response.ok(
            Answer.of(DeviceJson.page(devices.of(session.user(), after, limit), limit, engine)))
        .build();
  }

  /**
   * Removes a device: its sessions end, but for the one that asks, and whenever it comes back it is
   * told to erase what it holds.
   */
  @Audited("device_removed")
  @DELETE
  @Path("/{deviceId}")
  public Response remove(@PathParam("deviceId") String id, @Context HttpServletRequest http) {
    Session session = sessions.require(http);
    DeviceId device;
    try {
      device = new DeviceId(id);
    } catch (IllegalArgumentException e) {
      throw new SyncException(SyncProblem.NOT_FOUND, "There is no such device of yours");
    }
    AuditNote.of(http).on("device", device.value());
    sessions.endThoseOf(session, devices.remove(session.user(), device));
    waiters.wake(session.user());
    return Response.noContent().build();
  }
}
