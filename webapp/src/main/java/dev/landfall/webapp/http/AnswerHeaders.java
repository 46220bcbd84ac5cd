package dev.landfall.webapp.http;

import dev.landfall.engine.problem.SyncProblem;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers that every answer has, and those that let web pages of other origins in. */
@Provider
@PreMatching
@Singleton
public class AnswerHeaders implements ContainerRequestFilter, ContainerResponseFilter {
  private static final String ORIGIN = "Origin";
  private static final int WORTH_THE_CONNECTION = 64 * 1024;

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private AllowedOrigins allowed;

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getMethod().equals("OPTIONS")
        && request.getHeaderString("Access-Control-Request-Method") != null
        && request.getHeaderString(ORIGIN) != null) {
      request.abortWith(Response.noContent().build());
    }
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    MultivaluedMap<String, Object> headers = response.getHeaders();
    headers.putSingle("X-Content-Type-Options", "nosniff");
    headers.putIfAbsent(HttpHeaders.CACHE_CONTROL, List.of("no-store"));
    headers.add(HttpHeaders.VARY, ORIGIN);
    if (response.getStatus() >= 400 && mayLeaveABody(request, response.getStatus())) {
      headers.putSingle("Connection", "close");
    }
    String origin = request.getHeaderString(ORIGIN);
    if (origin != null && allowed.allow(origin)) {
      allow(origin, request, headers);
    }
  }

  /**
   * Whether more of a refused request may come than is worth taking in for the sake of the
   * connection; the container would take in all of it.
   */
  private static boolean mayLeaveABody(ContainerRequestContext request, int status) {
    return status == HttpProblem.REQUEST_TIMEOUT.status()
        || status == SyncProblem.TOO_LARGE.status()
        || status == SyncProblem.RATE_LIMITED.status()
        || request.getHeaderString("Transfer-Encoding") != null
        || request.getLength() > WORTH_THE_CONNECTION;
  }

  private static void allow(
      String origin, ContainerRequestContext request, MultivaluedMap<String, Object> headers) {
    headers.putSingle("Access-Control-Allow-Origin", origin);
    headers.putSingle("Access-Control-Expose-Headers", "X-Auth-Token, Retry-After");
    @Nullable String wanted = request.getHeaderString("Access-Control-Request-Method");
    if (wanted != null && request.getMethod().equals("OPTIONS")) {
      headers.putSingle("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE");
      headers.putSingle(
          "Access-Control-Allow-Headers",
          "Authorization, Content-Type, Content-Encoding, X-Org-Id, Last-Event-ID");
      headers.putSingle("Access-Control-Max-Age", "600");
    }
  }
}
