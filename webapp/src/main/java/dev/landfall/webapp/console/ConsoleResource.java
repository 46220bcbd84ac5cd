package dev.landfall.webapp.console;

import dev.landfall.api.Sha256;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.Answer;
import dev.landfall.webapp.http.ClientAddress;
import dev.landfall.webapp.session.WithoutSession;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/** The files of the console, and what it has to know to show how one signs in. */
@WithoutSession("it shows nothing of anybody")
@Path("/console")
@Singleton
public class ConsoleResource {
  private static final String FILES = "/dev/landfall/webapp/console/";
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9-]+\\.[a-z]+");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=utf-8",
          "css", "text/css;charset=utf-8",
          "js", "text/javascript;charset=utf-8",
          "svg", "image/svg+xml",
          "webmanifest", "application/manifest+json");

  /** Everything from here, but for pictures that people have given of themselves in their data. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final ConsoleSettings settings;
  private final ClientAddress clients;

  /** The files there are. A name that is none leaves nothing, as anybody can ask for any. */
  private final ConcurrentMap<String, Content> known = new ConcurrentHashMap<>();

  private record Content(byte[] bytes, EntityTag tag) {}

  /** Whether there is something to see: it was there when this was built. */
  public static boolean isThere() {
    return ConsoleResource.class.getResource(FILES + "index.html") != null;
  }

  /** On or off for the life of the server. */
  @Inject
  public ConsoleResource(ConsoleSettings settings, ClientAddress clients) {
    this.settings = settings;
    this.clients = clients;
  }

  /** The page, at the address that ends with a slash: what it names is beside it. */
  @GET
  public Response page(
      @Context UriInfo address, @Context Request request, @Context HttpServletRequest http) {
    return address.getPath().endsWith("/") || !settings.on()
        ? file("index.html", request)
        : Response.status(Response.Status.SEE_OTHER)
            .header(
                HttpHeaders.LOCATION, clients.prefix(http) + http.getContextPath() + "/console/")
            .build();
  }

  /** {@code {development, providers, organisations}}: how one signs in here. */
  @GET
  @Path("settings")
  public Response settings() {
    requireOn();
    List<JsonValue> providers =
        settings.providers().stream().<JsonValue>map(JsonString::new).toList();
    return Response.ok(
            Answer.of(
                JsonObject.builder()
                    .put("development", settings.development())
                    .put("providers", new JsonArray(providers))
                    .put("organisations", settings.organisations())
                    .build()),
            MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  /** What the page needs. Browsers keep it and ask whether it is still the same. */
  @GET
  @Path("{asset: .+}")
  public Response file(@PathParam("asset") String file, @Context Request request) {
    requireOn();
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    if (type == null || !FILE.matcher(file).matches()) {
      throw nothing();
    }
    Content content =
        Optional.ofNullable(known.get(file))
            .or(() -> read(file))
            .orElseThrow(ConsoleResource::nothing);
    Response.ResponseBuilder answer = request.evaluatePreconditions(content.tag());
    return (answer == null ? Response.ok(content.bytes(), type) : answer)
        .tag(content.tag())
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .build();
  }

  private void requireOn() {
    if (!settings.on()) {
      throw nothing();
    }
  }

  private static SyncException nothing() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is nothing here");
  }

  private Optional<Content> read(String file) {
    Optional<Content> content = content(file);
    content.ifPresent(one -> known.put(file, one));
    return content;
  }

  private static Optional<Content> content(String file) {
    try (InputStream in = ConsoleResource.class.getResourceAsStream(FILES + file)) {
      return Optional.ofNullable(in == null ? null : in.readAllBytes())
          .map(
              bytes ->
                  new Content(bytes, new EntityTag(HexFormat.of().formatHex(Sha256.of(bytes)))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
