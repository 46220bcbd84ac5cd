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

/** The answer to a request without a valid session: {@code {error, code, reason, erase?}}. */
@Provider
@Singleton
public class Unauthorized implements ExceptionMapper<SessionException> {
  @Override
  public Response toResponse(SessionException failure) {
    JsonObject.Builder body =
        JsonObject.builder()
            .put("error", failure.reason().text())
            .put("code", SyncProblem.UNAUTHORIZED.code())
            .put("reason", failure.reason().code());
    if (failure.reason() == SessionException.Reason.DEVICE_REMOVED) {
      body.put("erase", true);
    }
    return Response.status(SyncProblem.UNAUTHORIZED.status())
        .type(MediaType.APPLICATION_JSON_TYPE)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .entity(Answer.of(body.build()))
        .build();
  }
}
