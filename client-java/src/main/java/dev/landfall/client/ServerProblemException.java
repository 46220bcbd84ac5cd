package dev.landfall.client;

/** The server was asked something and did not answer it; see {@link #problem()}. */
public final class ServerProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ServerProblemException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** What is the matter. */
  public Problem problem() {
    return problem;
  }
}
