package dev.landfall.engine.problem;

import dev.landfall.api.json.JsonValue;
import java.util.Optional;

/**
 * A request that fails, for one of the known reasons. The message and the details are for the
 * client.
 */
public final class SyncException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;
  private final transient Optional<JsonValue> details;

  /** Without details. */
  public SyncException(Problem problem, String message) {
    this(problem, message, Optional.empty());
  }

  /** With details. */
  public SyncException(Problem problem, String message, JsonValue details) {
    this(problem, message, Optional.of(details));
  }

  /** With an underlying failure, which is for the log. */
  public SyncException(Problem problem, String message, Throwable cause) {
    super(message, cause);
    this.problem = problem;
    this.details = Optional.empty();
  }

  private SyncException(Problem problem, String message, Optional<JsonValue> details) {
    super(message);
    this.problem = problem;
    this.details = details;
  }

  /** A request that is wrong at a place. */
  public static SyncException badRequest(String place, String what) {
    return new SyncException(SyncProblem.BAD_REQUEST, place + ": " + what);
  }

  /** The reason. */
  public Problem problem() {
    return problem;
  }

  /** What {@code details} holds in the answer. */
  public Optional<JsonValue> details() {
    return details;
  }

  /** The message; never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
