package dev.landfall.webapp.session;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.Answer;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** The answer to a request without a valid session: {@code {error, code, reason}}. */
@Provider
@Singleton
public class Unauthorized implements ExceptionMapper<SessionException> {
  @Override
  public Response toResponse(SessionException failure) {
    return Response.status(SyncProblem.UNAUTHORIZED.status())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .entity(
            Answer.of(
                JsonObject.builder()
                    .put("error", failure.reason().text())
                    .put("code", SyncProblem.UNAUTHORIZED.code())
                    .put("reason", failure.reason().code())
                    .build()))
        .build();
  }
}
