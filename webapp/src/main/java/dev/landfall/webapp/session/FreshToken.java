package dev.landfall.webapp.session;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status.Family;
import jakarta.ws.rs.ext.Provider;

/** Gives a fresh token to whom it serves and whose token is not fresh any more. */
@Provider
@Singleton
public class FreshToken implements ContainerResponseFilter {
  private static final String HEADER = "X-Auth-Token";

  // RESTEasy wants providers to have a constructor without parameters.
  @Inject private Sessions sessions;

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (Family.familyOf(response.getStatus()) == Family.SUCCESSFUL
        && !MediaType.SERVER_SENT_EVENTS_TYPE.equals(response.getMediaType())
        && request.getProperty(Sessions.PROPERTY) instanceof Session known) {
      sessions.refresh(known).ifPresent(token -> response.getHeaders().putSingle(HEADER, token));
    }
  }
}
