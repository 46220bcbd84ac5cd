package dev.landfall.webapp.session;

/** The caller has no valid session. */
public final class SessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why there is none. */
  public enum Reason {
    /** No token came with the request, or not one token. */
    MISSING("Authentication required", "missing"),
    /** The token is over; signing in again helps. */
    EXPIRED("The session has expired", "expired"),
    /** The token was not issued for this server, or has been changed. */
    INVALID("The token is not valid", "invalid"),
    /** The account of the token is gone. */
    DELETED("The account has been deleted", "deleted"),
    /** The device was removed by its user; what it holds is to go. */
    DEVICE_REMOVED("The device was removed", "device_removed");

    private final String text;
    private final String code;

    Reason(String text, String code) {
      this.text = text;
      this.code = code;
    }

    /** For people. */
    public String text() {
      return text;
    }

    /** The member {@code reason} of the answer. */
    public String code() {
      return code;
    }
  }

  /** Without a stack trace: anybody can cause as many of these as he likes. */
  public SessionException(Reason reason) {
    super(reason.text(), null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
