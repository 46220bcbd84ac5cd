package dev.landfall.webapp;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Temporary: goes when the real mapper comes. */
@Provider
public class Problems implements ExceptionMapper<Throwable> {
  @Override
  public Response toResponse(Throwable failure) {
    int status =
        failure instanceof WebApplicationException known ? known.getResponse().getStatus() : 500;
    return Response.status(status)
        .type("application/json")
        .entity(ContainerErrorServlet.body(status))
        .build();
  }
}
