package dev.landfall.webapp.signin;

/** Every way in which a sign-in can fail that nothing else knows. */
public enum SignInProblem {
  /**
   * The callback belongs to no sign-in that is under way here: unknown, used, older than ten
   * minutes, begun with another provider, in another browser or by another user. Remedy: begin
   * again.
   */
  INVALID_STATE("invalid_state", 400, "This sign-in is not under way, or over; begin again"),
  /** What the provider's answer says proves nothing. Remedy: begin again. */
  UNPROVEN("sign_in_failed", 400, "The answer of the provider does not prove who you are"),
  /** The user did not want to. */
  CANCELLED("access_denied", 400, "The sign-in was cancelled"),
  /** The account, or another one of this provider, is linked already. */
  ALREADY_LINKED("already_linked", 409, "There is a link of this account or provider already"),
  /** Nobody could sign in as this user afterwards. Remedy: link another provider first. */
  LAST_PROVIDER("last_provider", 409, "The last provider has to stay"),
  /** The provider does not answer, or not as it should. Remedy: later, or the log. */
  PROVIDER_FAILED("provider_failed", 502, "The identity provider failed");

  private final String code;
  private final int status;
  private final String text;

  SignInProblem(String code, int status, String text) {
    this.code = code;
    this.status = status;
    this.text = text;
  }

  /** The code on the wire. */
  public String code() {
    return code;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The title of a page that says it. */
  String title() {
    switch (this) {
      case CANCELLED:
        return "Not signed in";
      case INVALID_STATE:
        return "This sign-in is over";
      default:
        return "The sign-in failed";
    }
  }

  /** For people. */
  public String text() {
    return text;
  }
}
