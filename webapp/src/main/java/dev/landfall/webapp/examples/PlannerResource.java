package dev.landfall.webapp.examples;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Sha256;
import dev.landfall.engine.SyncEngine;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.session.SessionSettings;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
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

  private static final String WORKER = "worker.js";

  /** A file in the service worker's list, as it is in the source. */
  private static final Pattern UNKNOWN_SUM = Pattern.compile("\"([a-z./-]+)\": \"\"");

  /** Everything from here, nothing from elsewhere, and in nobody's frame. */
  private static final String POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
          + " form-action 'self'";

  private final boolean on;
  private final ClientAddress clients;

  /** Whether there is something to see: it is configured, and was there when this was built. */
  public static boolean isThere(Collection<ApplicationDefinition> applications) {
    return applications.stream().anyMatch(one -> one.name().equals(PLANNER))
        && PlannerResource.class.getResource(FILES + "index.html") != null;
  }

  /** On or off for the life of the server. */
  @Inject
  public PlannerResource(SessionSettings sessions, SyncEngine engine, ClientAddress clients) {
    this.clients = clients;
    this.on = sessions.development() && isThere(engine.applications());
  }

  /** The page, at the address that ends with a slash: what it names is beside it. */
  @GET
  public Response page(@Context UriInfo address, @Context HttpServletRequest request)
      throws IOException {
    return address.getPath().endsWith("/")
        ? file("index.html")
        : Response.status(Response.Status.SEE_OTHER)
            .header(
                HttpHeaders.LOCATION,
                clients.prefix(request) + request.getContextPath() + "/examples/planner/")
            .build();
  }

  /** What the page needs. */
  @GET
  @Path("{file: .+}")
  public Response file(@PathParam("file") String file) throws IOException {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (on && type != null && FILE.matcher(file).matches()) {
      Optional<byte[]> content = content(file);
      if (content.isPresent()) {
        return Response.ok(file.equals(WORKER) ? worker(content.get()) : content.get(), type)
            .header("Content-Security-Policy", POLICY)
            .header("Referrer-Policy", "no-referrer")
            .build();
      }
    }
    throw new SyncException(SyncProblem.NOT_FOUND, "There is nothing here");
  }

  /** The service worker, which knows each file by its SHA-256: it keeps nothing else. */
  private static byte[] worker(byte[] source) throws IOException {
    Matcher files = UNKNOWN_SUM.matcher(new String(source, StandardCharsets.UTF_8));
    StringBuilder worker = new StringBuilder();
    while (files.find()) {
      String name = files.group(1);
      String file = name.equals("./") ? "index.html" : name;
      String sum = content(file).map(PlannerResource::sum).orElse("");
      files.appendReplacement(worker, "\"" + name + "\": \"" + sum + "\"");
    }
    return files.appendTail(worker).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String sum(byte[] content) {
    return HexFormat.of().formatHex(Sha256.of(content));
  }

  private static Optional<byte[]> content(String file) throws IOException {
    try (InputStream in = PlannerResource.class.getResourceAsStream(FILES + file)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    }
  }
}
