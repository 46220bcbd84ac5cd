package dev.landfall.webapp.atom;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The same for the one application that is configured for it, as Clojure clients know it. */
@Path("/sync")
@Singleton
public class OneAtomResource {
  private final AtomExchange exchange;
  private final AtomSettings settings;

  /** The route over {@code exchange}. */
  @Inject
  public OneAtomResource(AtomExchange exchange, AtomSettings settings) {
    this.exchange = exchange;
    this.settings = settings;
  }

  private ApplicationName application() {
    return settings
        .application()
        .orElseThrow(
            () ->
                new SyncException(
                    SyncProblem.NOT_FOUND, "no application is configured for this address"));
  }

  /** What has changed in a group. */
  @GET
  public Response pull(@Context HttpServletRequest http, @Context UriInfo uri) {
    AtomAccess.Visitor visitor = exchange.visitor(http);
    return exchange.pull(application(), visitor, http, uri);
  }

  /** Stores what a client has written. */
  @POST
  public Response push(@Context HttpServletRequest http) {
    AtomAccess.Visitor visitor = exchange.visitor(http);
    return exchange.push(application(), visitor, http);
  }
}
