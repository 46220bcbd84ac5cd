package dev.landfall.webapp.http;

import dev.landfall.engine.problem.Problem;
import java.util.Locale;
import java.util.Optional;

/** What only HTTP knows can be wrong with a request. */
public enum HttpProblem implements Problem {
  /** The address is right, the method is not; {@code Allow} names those that are. */
  METHOD_NOT_ALLOWED(405),
  /** The answer has none of the forms that are wanted. */
  NOT_ACCEPTABLE(406),
  /** The body did not arrive in time. Remedy: send less at once. */
  REQUEST_TIMEOUT(408),
  /** The body is in a form that is not read here. */
  UNSUPPORTED_MEDIA_TYPE(415),
  /** A defect of the server. Remedy: the log has the reason under the id in the answer. */
  INTERNAL_ERROR(500);

  private final int status;

  HttpProblem(int status) {
    this.status = status;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public Optional<String> reason() {
    return Optional.empty();
  }
}
