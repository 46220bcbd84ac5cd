package dev.landfall.webapp.sharing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The document index with the key as a parameter: not every key can stand in a path. */
@Path("/docIndex/{app}")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class IndexByKeyResource {
  private static final String NONE = "";

  private final DocumentIndexResource index;

  /** The routes over {@code index}. */
  @Inject
  public IndexByKeyResource(DocumentIndexResource index) {
    this.index = index;
  }

  /** The entry of a document. */
  @GET
  public Response get(
      @PathParam("app") String app, @Context HttpServletRequest http, @Context UriInfo uri) {
    return index.get(app, NONE, http, uri);
  }

  /** Changes who reads a document. */
  @PATCH
  public Response change(
      @PathParam("app") String app, @Context HttpServletRequest http, @Context UriInfo uri) {
    return index.change(app, NONE, http, uri);
  }

  /** Makes a link. */
  @POST
  @Path("/shareToken")
  public Response makeLink(
      @PathParam("app") String app, @Context HttpServletRequest http, @Context UriInfo uri) {
    return index.makeLink(app, NONE, http, uri);
  }

  /** Ends the link. */
  @DELETE
  @Path("/shareToken")
  public Response endLink(
      @PathParam("app") String app, @Context HttpServletRequest http, @Context UriInfo uri) {
    return index.endLink(app, NONE, http, uri);
  }

  /** The caller lets go of a document. */
  @DELETE
  @Path("/access")
  public Response leave(
      @PathParam("app") String app, @Context HttpServletRequest http, @Context UriInfo uri) {
    return index.leave(app, NONE, http, uri);
  }
}
