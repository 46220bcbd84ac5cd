package dev.landfall.webapp.signin;

import java.net.URI;
import java.util.Optional;

/**
 * A sign-in that fails. The message is for the log: in our words, never in the provider's, and
 * without codes and tokens.
 */
public final class SignInException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SignInProblem problem;
  private final transient Optional<URI> returnTo;

  /** Without a stack trace: anybody can cause as many of these as he likes. */
  SignInException(SignInProblem problem, String reason) {
    this(problem, reason, Optional.empty());
  }

  /** One of a sign-in that is known; the page that began it is at {@code returnTo}. */
  SignInException(SignInProblem problem, String reason, Optional<URI> returnTo) {
    super(reason, null, false, false);
    this.problem = problem;
    this.returnTo = returnTo;
  }

  /** Where the browser wanted to be led. */
  Optional<URI> returnTo() {
    return returnTo;
  }

  /** What became of it. */
  public SignInProblem problem() {
    return problem;
  }
}
