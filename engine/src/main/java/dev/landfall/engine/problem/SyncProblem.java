package dev.landfall.engine.problem;

import java.util.Optional;

/** Every way in which a request can fail. */
public enum SyncProblem implements Problem {
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
  /** An operator of the server has blocked the user. Remedy: ask them. */
  BLOCKED("forbidden", 403, "blocked"),
  /** Nothing there, or nothing the caller may know of. */
  NOT_FOUND("not_found", 404),
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
  /** An organisation has as many administrators as it may have. */
  TOO_MANY_ADMINS("too_many_admins", 409),
  /** The address means several documents. Remedy: name the collection. */
  AMBIGUOUS("ambiguous", 409),
  /** The request or a document in it is larger than allowed. Remedy: send less at once. */
  TOO_LARGE("too_large", 413),
  /**
   * The owner has as many documents, bytes or collections as allowed. Remedy: delete something;
   * what was refused may be sent again as it is, after Retry-After.
   */
  OUT_OF_ROOM("quota_exceeded", 429),
  /** Too many requests or connections. Remedy: wait as long as Retry-After says. */
  RATE_LIMITED("rate_limited", 429),
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

  @Override
  public String code() {
    return code;
  }

  @Override
  public Optional<String> reason() {
    return reason;
  }

  @Override
  public int status() {
    return status;
  }
}
