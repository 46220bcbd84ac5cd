package dev.landfall.webapp.telemetry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/** Counts requests by route and status. */
@Provider
@PreMatching
@Singleton
public class RequestMeter implements ContainerRequestFilter, ContainerResponseFilter {
  private static final String STARTED = "dev.landfall.started";
  private static final Set<String> OF_APPLICATIONS =
      Set.of("sync", "changes", "history", "live", "atom");
  private static final Set<String> AUTH = Set.of("dev", "login", "me", "logout");
  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private Telemetry telemetry;

  @Override
  public void filter(ContainerRequestContext request) {
    request.setProperty(STARTED, System.nanoTime());
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    long nanos = request.getProperty(STARTED) instanceof Long at ? System.nanoTime() - at : 0;
    String method = method(request.getMethod());
    telemetry.answered(route(request.getUriInfo().getPath()), method, response.getStatus(), nanos);
  }

  /** The method, if it is one that there is; clients make up others. */
  static String method(String given) {
    return METHODS.contains(given) ? given : "other";
  }

  /** The route that a path belongs to; what clients make up is all one route. */
  static String route(String path) {
    int from = path.startsWith("/") ? 1 : 0;
    int slash = path.indexOf('/', from);
    if (slash < 0) {
      String only = path.substring(from);
      return only.equals("orgs") || only.equals("sync") ? "/" + only : "other";
    }
    String first = path.substring(from, slash);
    String rest = path.substring(slash + 1);
    if (first.equals("auth")) {
      return ofSignIn(rest);
    }
    if (first.equals("orgs")) {
      return ofOrganisation(rest);
    }
    if (first.equals("docIndex")) {
      if (!rest.contains("/")) {
        return "/docIndex/{app}";
      }
      String last = rest.substring(rest.lastIndexOf('/'));
      if (!last.equals("/shareToken") && !last.equals("/access")) {
        return "/docIndex/{app}/{docKey}";
      }
      return "/docIndex/{app}" + (rest.matches("[^/]+/[^/]+") ? "" : "/{docKey}") + last;
    }
    if (first.equals("account")) {
      return rest.startsWith("blocked")
          ? ofBlocked(rest)
          : rest.equals("audit") ? "/account/audit" : "other";
    }
    if (first.equals("operator") && (rest.equals("sharing/end") || rest.equals("audit"))) {
      return "/operator/" + rest;
    }
    if (first.equals("shared")) {
      return "/shared/{token}";
    }
    if (OF_APPLICATIONS.contains(rest) || rest.equals("history/restore")) {
      return "/{application}/" + rest;
    }
    return "other";
  }

  private static String ofSignIn(String rest) {
    if (AUTH.contains(rest)) {
      return "/auth/" + rest;
    }
    if (rest.matches("link/[^/]+|providers/[^/]+")) {
      return "/auth/" + rest.substring(0, rest.indexOf('/')) + "/{provider}";
    }
    if (rest.matches("[^/]+/callback")) {
      return "/auth/{provider}/callback";
    }
    return rest.matches("[^/]+") ? "/auth/{provider}" : "other";
  }

  private static String ofBlocked(String rest) {
    if (rest.equals("blocked")) {
      return "/account/blocked";
    }
    return rest.matches("blocked/[^/]+") ? "/account/blocked/{userId}" : "other";
  }

  private static String ofOrganisation(String rest) {
    if (rest.matches("[^/]+/(members|shares|audit)")) {
      return "/orgs/{orgId}" + rest.substring(rest.indexOf('/'));
    }
    return rest.matches("[^/]+/members/[^/]+") ? "/orgs/{orgId}/members/{userId}" : "other";
  }
}
