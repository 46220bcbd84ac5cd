package dev.landfall.webapp.atom;

import dev.landfall.webapp.sync.Applications;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The documents of any application as Transit. */
@Path("/{application}/atom")
@Singleton
public class AtomResource {
  private final AtomExchange exchange;

  /** The route over {@code exchange}. */
  @Inject
  public AtomResource(AtomExchange exchange) {
    this.exchange = exchange;
  }

  /** What has changed in a group. */
  @GET
  public Response pull(
      @PathParam("application") String name,
      @Context HttpServletRequest http,
      @Context UriInfo uri) {
    AtomAccess.Visitor visitor = exchange.visitor(http);
    return exchange.pull(Applications.named(name), visitor, http, uri);
  }

  /** Stores what a client has written. */
  @POST
  public Response push(@PathParam("application") String name, @Context HttpServletRequest http) {
    AtomAccess.Visitor visitor = exchange.visitor(http);
    return exchange.push(Applications.named(name), visitor, http);
  }
}
