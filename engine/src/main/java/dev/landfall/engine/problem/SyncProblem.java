package dev.landfall.engine.problem;

import java.util.Optional;

/** Every way in which a request can fail. */
public enum SyncProblem {
  /**
   * The request is not what the protocol allows. Remedy: the message and the details name the
   * place.
   */
  BAD_REQUEST("bad_request", 400),
  /** No session, or one that is over. Remedy: sign in. */
  UNAUTHORIZED("unauthorized", 401),
  /** Signed in, but without the right. */
  FORBIDDEN("forbidden", 403),
  /**
   * The caller is not in the organisation, not any more, or there is none. Remedy: what a device
   * holds of its documents is to go.
   */
  NOT_A_MEMBER("forbidden", 403, "not_a_member"),
  /** Nothing there, or nothing the caller may know of. */
  NOT_FOUND("not_found", 404),
  /** The address exists, the method does not. */
  METHOD_NOT_ALLOWED("method_not_allowed", 405),
  /** None of the forms the client accepts can be made. */
  NOT_ACCEPTABLE("not_acceptable", 406),
  /** The body did not arrive in time. Remedy: send it again. */
  REQUEST_TIMEOUT("request_timeout", 408),
  /**
   * The client's clock is further ahead of ours than allowed. Remedy: correct the device's clock
   * and retry.
   */
  CLOCK_DRIFT("clock_drift", 409),
  /** What is to be made is there already. */
  CONFLICT("conflict", 409),
  /**
   * An organisation would be left without an administrator. Remedy: make somebody else one first.
   */
  LAST_ADMIN("last_admin", 409),
  /** There are as many of a kind as there may be: administrators. */
  QUOTA("quota_exceeded", 409),
  /** The address means several documents. Remedy: name the collection. */
  AMBIGUOUS("ambiguous", 409),
  /** The request or a document in it is larger than allowed. Remedy: send less at once. */
  TOO_LARGE("too_large", 413),
  /** The body is in a form that is not read here. */
  UNSUPPORTED_MEDIA_TYPE("unsupported_media_type", 415),
  /**
   * The owner has as many documents, bytes or collections as allowed. Remedy: delete something;
   * what was refused may be sent again as it is, after Retry-After.
   */
  OUT_OF_ROOM("quota_exceeded", 429),
  /** Too many requests or connections. Remedy: wait as long as Retry-After says. */
  RATE_LIMITED("rate_limited", 429),
  /** A defect of the server. Remedy: the log has the reason under the id in the answer. */
  INTERNAL("internal_error", 500),
  /**
   * The database is down or overloaded. Nothing is half done. Remedy: the same request again later.
   */
  UNAVAILABLE("unavailable", 503),
  /** It takes longer than is allowed. Remedy: ask for less; the message says how. */
  TOO_SLOW("too_slow", 503);

  private final String code;
  private final int status;
  private final Optional<String> reason;

  SyncProblem(String code, int status) {
    this.code = code;
    this.status = status;
    this.reason = Optional.empty();
  }

  SyncProblem(String code, int status, String reason) {
    this.code = code;
    this.status = status;
    this.reason = Optional.of(reason);
  }

  /** The code on the wire. */
  public String code() {
    return code;
  }

  /** What tells it from others of the same code, on the wire. */
  public Optional<String> reason() {
    return reason;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
