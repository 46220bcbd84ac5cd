package dev.landfall.webapp.sharing;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.Callers;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * A document behind a share link, for whoever has the link. Nobody signs in here, and nothing is
 * said of who wrote it; a link that never was is answered like one that is over. Links that are not
 * there are counted, for the quiet of the log and the database (a token has 256 bits); one that is
 * there opens whatever has been counted, or one could close it for all who come from an address.
 */
@WithoutSession("the link is the right")
@Path("/shared")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class SharedResource {
  private final ShareLinks links;
  private final Callers callers;

  /** The route over {@code links}. */
  @Inject
  public SharedResource(ShareLinks links, Callers callers) {
    this.links = links;
    this.callers = callers;
  }

  /** The fields of the document and its key. */
  @GET
  @Path("/{token}")
  public Response open(@PathParam("token") String token, @Context HttpServletRequest http) {
    Document document =
        links
            .open(token)
            .orElseThrow(
                () -> {
                  callers.countWithoutSession(http);
                  return new SyncException(SyncProblem.NOT_FOUND, "There is no such document");
                });
    JsonObject.Builder shown = JsonObject.builder();
    document.fields().members().forEach(shown::put);
    shown.put("_key", document.id().key().value());
    String tag = "\"" + document.revision().toString().substring(0, 20) + "\"";
    Response.ResponseBuilder response =
        tag.equals(http.getHeader(HttpHeaders.IF_NONE_MATCH))
            ? Response.notModified()
            : Response.ok(Answer.of(shown.build()));
    return response
        .header(HttpHeaders.ETAG, tag)
        .header("Referrer-Policy", "no-referrer")
        .header("X-Robots-Tag", "noindex")
        .build();
  }
}
