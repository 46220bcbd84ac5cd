package dev.landfall.webapp.http;

/** A user makes more requests than allowed. */
public final class TooManyRequestsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long retrySeconds;

  /**
   * One request too many.
   *
   * @param retrySeconds after which there is room for one, at least 1
   */
  TooManyRequestsException(long retrySeconds) {
    super("More requests than allowed; try again in " + retrySeconds + " s");
    this.retrySeconds = retrySeconds;
  }

  /** After how many seconds there is room for a request. */
  long retrySeconds() {
    return retrySeconds;
  }
}
