package dev.landfall.webapp.http;

import dev.landfall.webapp.session.Session;
import dev.landfall.webapp.session.Sessions;
import dev.landfall.webapp.settings.Settings;
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
import org.jspecify.annotations.Nullable;

/**
 * The headers that every answer has, those that let web pages of other origins in, and the fresh
 * token.
 */
@Provider
@PreMatching
@Singleton
public class AnswerHeaders implements ContainerRequestFilter, ContainerResponseFilter {
  private static final String ORIGIN = "Origin";
  private static final String FRESH_TOKEN = "X-Auth-Token";

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private Settings settings;
  @Inject private Sessions sessions;

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
    headers.putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.add(HttpHeaders.VARY, ORIGIN);
    String origin = request.getHeaderString(ORIGIN);
    if (origin != null && settings.corsOrigins().contains(origin)) {
      allow(origin, request, headers);
    }
    int status = response.getStatus();
    if (status >= 200 && status < 300) {
      Object session = request.getProperty(Sessions.PROPERTY);
      if (session instanceof Session known) {
        sessions.refresh(known).ifPresent(token -> headers.putSingle(FRESH_TOKEN, token));
      }
    }
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
