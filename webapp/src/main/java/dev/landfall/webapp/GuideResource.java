package dev.landfall.webapp;

import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;

/** What somebody finds who comes with a browser. */
@WithoutSession("it shows nothing of anybody")
@Path("/")
@Singleton
public class GuideResource {
  private static final String QUICKSTART = "/dev/landfall/webapp/quickstart.md";

  /** Leads on to the description of the API. */
  @GET
  public Response root() {
    return Response.status(Response.Status.SEE_OTHER)
        .header(HttpHeaders.LOCATION, "/openapi/ui/") // whatever the request says where we are
        .build();
  }

  /** A walk through the protocol with curl; the same text as docs/quickstart.md. */
  @GET
  @Path("quickstart")
  public Response quickstart() throws IOException {
    try (InputStream in = GuideResource.class.getResourceAsStream(QUICKSTART)) {
      if (in == null) {
        throw new SyncException(
            SyncProblem.NOT_FOUND, "the guide is docs/quickstart.md in the source");
      }
      return Response.ok(in.readAllBytes(), "text/plain;charset=utf-8").build();
    }
  }
}
