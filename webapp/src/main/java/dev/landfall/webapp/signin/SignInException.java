package dev.landfall.webapp.signin;

/**
 * A sign-in that fails. The message is for the log: in our words, never in the provider's, and
 * without codes and tokens.
 */
public final class SignInException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SignInProblem problem;

  /** Without a stack trace: anybody can cause as many of these as he likes. */
  SignInException(SignInProblem problem, String reason) {
    super(reason, null, false, false);
    this.problem = problem;
  }

  /** What became of it. */
  public SignInProblem problem() {
    return problem;
  }
}
