package dev.landfall.webapp.examples;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.sync.ApplicationDefinition;
import dev.landfall.engine.sync.SyncEngine;
import dev.landfall.engine.sync.SyncException;
import dev.landfall.engine.sync.SyncProblem;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The files of the planner, an application that runs in the browser on the example configuration:
 * with the application {@code planner} and the development sign-in.
 */
@WithoutSession("it shows nothing of anybody")
@Path("/examples/planner")
@Singleton
public class PlannerResource {
  private static final String FILES = "/dev/landfall/webapp/examples/planner/";
  private static final ApplicationName PLANNER = new ApplicationName("planner");
  private static final Pattern FILE = Pattern.compile("(?:[a-z0-9-]+/)?[a-z0-9-]+\\.[a-z]+");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=utf-8",
          "css", "text/css;charset=utf-8",
          "js", "text/javascript;charset=utf-8",
          "svg", "image/svg+xml",
          "webmanifest", "application/manifest+json");

  /** Everything from here, nothing from elsewhere, and in nobody's frame. */
  private static final String POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
          + " form-action 'self'";

  private final boolean on;

  /** Whether there is something to see: it is configured, and was there when this was built. */
  public static boolean isThere(Collection<ApplicationDefinition> applications) {
    return applications.stream().anyMatch(one -> one.name().equals(PLANNER))
        && PlannerResource.class.getResource(FILES + "index.html") != null;
  }

  /** On or off for the life of the server. */
  @Inject
  public PlannerResource(SessionSettings sessions, SyncEngine engine) {
    this.on = sessions.development() && isThere(engine.applications());
  }

  /** The page, at the address that ends with a slash: what it names is beside it. */
  @GET
  public Response page(@Context UriInfo address) throws IOException {
    return address.getPath().endsWith("/")
        ? file("index.html")
        : Response.status(Response.Status.SEE_OTHER)
            .header(HttpHeaders.LOCATION, "/examples/planner/")
            .build();
  }

  /** What the page needs. */
  @GET
  @Path("{file: .+}")
  public Response file(@PathParam("file") String file) throws IOException {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (on && type != null && FILE.matcher(file).matches()) {
      try (InputStream in = PlannerResource.class.getResourceAsStream(FILES + file)) {
        if (in != null) {
          return Response.ok(in.readAllBytes(), type)
              .header("Content-Security-Policy", POLICY)
              .build();
        }
      }
    }
    throw new SyncException(SyncProblem.NOT_FOUND, "There is nothing here");
  }
}
