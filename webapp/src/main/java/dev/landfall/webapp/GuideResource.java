package dev.landfall.webapp;

import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
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

  private final ClientAddress clients;

  /** Two answers that are the same for everybody. */
  @Inject
  public GuideResource(ClientAddress clients) {
    this.clients = clients;
  }

  /** Leads on to the description of the API. */
  @GET
  public Response root(@Context HttpServletRequest request) {
    return Response.status(Response.Status.SEE_OTHER)
        // a path: whatever the request says where we are
        .header(HttpHeaders.LOCATION, clients.prefix(request) + "/openapi/ui/")
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
