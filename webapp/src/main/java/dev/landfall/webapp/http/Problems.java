package dev.landfall.webapp.http;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Logger;

/**
 * The answer to a request that failed: {@code {error, code, reason?, details?}}. A known problem
 * tells what it has to tell; anything else is logged under the id of the request, and the client
 * gets the id alone.
 */
@Provider
@Singleton
public class Problems implements ExceptionMapper<Throwable> {
  private static final Logger LOG = Logger.getLogger(Problems.class.getName());
  private static final int RETRY_SECONDS = 5;

  /** It takes somebody to delete something. */
  private static final int RETRY_WITHOUT_ROOM_SECONDS = 60;

  @Override
  public Response toResponse(Throwable failure) {
    if (failure instanceof SyncException known) {
      return of(known);
    }
    if (failure instanceof TooManyRequestsException known) {
      return answer(SyncProblem.RATE_LIMITED, String.valueOf(known.getMessage()), Optional.empty())
          .header(HttpHeaders.RETRY_AFTER, null) // in place of the usual one
          .header(HttpHeaders.RETRY_AFTER, known.retrySeconds())
          .build();
    }
    if (failure instanceof StoreUnavailableException store) {
      return of(new SyncException(SyncProblem.UNAVAILABLE, store.reason().text(), failure));
    }
    if (failure instanceof WebApplicationException known) {
      return of(known);
    }
    if (failure instanceof AnswerNotReadException) {
      return answer(SyncProblem.RATE_LIMITED, "Your answers are not read", Optional.empty())
          .build();
    }
    if (isBeforeOurCode(failure)) {
      return answer(SyncProblem.BAD_REQUEST, "The request is malformed", Optional.empty()).build();
    }
    String id = RequestId.current().orElseGet(() -> UUID.randomUUID().toString());
    LOG.severe(() -> "Failure " + id + ": " + LogText.of(failure));
    return answer(
            HttpProblem.INTERNAL_ERROR,
            "Internal Server Error",
            Optional.of(JsonObject.builder().put("id", id).build()))
        .build();
  }

  /**
   * Whether the REST runtime stumbled over the request itself: an address, a media type or a weight
   * that it cannot parse. None of our code had been reached then but the filters in front of it.
   */
  private static boolean isBeforeOurCode(Throwable failure) {
    return (failure instanceof IllegalArgumentException
            || failure.getClass().getName().startsWith("org.jboss.resteasy.spi."))
        && Arrays.stream(failure.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("dev.landfall."))
            .allMatch(frame -> frame.getMethodName().equals("doFilter"));
  }

  private static Response of(SyncException known) {
    if (known.problem() == SyncProblem.UNAVAILABLE) {
      LOG.warning(() -> "Answered 503: " + LogText.of(known));
    }
    return answer(known.problem(), known.text(), known.details()).build();
  }

  /** What the REST runtime refuses by itself: an unknown path, a method that is not there. */
  private static Response of(WebApplicationException known) {
    Response given = known.getResponse();
    if (given.getStatus() < 400) {
      return given;
    }
    return switch (given.getStatus()) {
      case 401, 403 -> answer(SyncProblem.FORBIDDEN, "Forbidden", Optional.empty()).build();
      case 404 -> answer(SyncProblem.NOT_FOUND, "There is nothing here", Optional.empty()).build();
      case 405 ->
          answer(
                  HttpProblem.METHOD_NOT_ALLOWED,
                  "This method is not allowed here",
                  Optional.empty())
              .header(HttpHeaders.ALLOW, given.getHeaderString(HttpHeaders.ALLOW))
              .build();
      case 406 ->
          answer(
                  HttpProblem.NOT_ACCEPTABLE,
                  "The answer can be application/json only",
                  Optional.empty())
              .build();
      case 415 ->
          answer(
                  HttpProblem.UNSUPPORTED_MEDIA_TYPE,
                  "the body must be application/json",
                  Optional.empty())
              .build();
      default ->
          given.getStatus() < 500
              ? answer(SyncProblem.BAD_REQUEST, "The request is malformed", Optional.empty())
                  .build()
              : answer(HttpProblem.INTERNAL_ERROR, "Internal Server Error", Optional.empty())
                  .build();
    };
  }

  private static Response.ResponseBuilder answer(
      Problem problem, String message, Optional<JsonValue> details) {
    JsonObject.Builder body =
        JsonObject.builder().put("error", message).put("code", problem.code());
    problem.reason().ifPresent(reason -> body.put("reason", reason));
    details.ifPresent(value -> body.put("details", value));
    Response.ResponseBuilder answer =
        Response.status(problem.status())
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(Answer.of(body.build()));
    if (problem == SyncProblem.RATE_LIMITED || problem == SyncProblem.UNAVAILABLE) {
      answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
    } else if (problem == SyncProblem.OUT_OF_ROOM) {
      answer.header(HttpHeaders.RETRY_AFTER, RETRY_WITHOUT_ROOM_SECONDS);
    }
    return answer;
  }
}
