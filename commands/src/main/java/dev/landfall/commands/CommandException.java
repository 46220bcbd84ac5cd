package dev.landfall.commands;

/** A command cannot be done, for a reason that its user can do something about. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean misused;

  private CommandException(String problem, boolean misused) {
    super(problem);
    this.misused = misused;
  }

  /** Of a command that was not used as its help says. */
  static CommandException misuse(String problem) {
    return new CommandException(problem, true);
  }

  /** Of a command that was used rightly. */
  static CommandException failure(String problem) {
    return new CommandException(problem, false);
  }

  boolean isMisuse() {
    return misused;
  }
}
