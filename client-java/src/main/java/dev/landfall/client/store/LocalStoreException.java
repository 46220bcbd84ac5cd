package dev.landfall.client.store;

/** The place where the device keeps its copy fails, or cannot be used. */
public final class LocalStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is the matter. */
  public enum Reason {
    /** There is no room; something smaller may fit, and deleting makes room. */
    FULL,
    /** Another process or connection has it. */
    IN_USE,
    OTHER
  }

  private final Reason reason;

  /** With what to do about it. */
  public LocalStoreException(String message) {
    super(message);
    this.reason = Reason.OTHER;
  }

  /** With what the place said. */
  public LocalStoreException(String message, Throwable cause) {
    this(message, cause, Reason.OTHER);
  }

  /** With what the place said, and what that means. */
  public LocalStoreException(String message, Throwable cause, Reason reason) {
    super(message, cause);
    this.reason = reason;
  }

  /** What is the matter. */
  public Reason reason() {
    return reason;
  }

  /** Whether there is no room. */
  public boolean isFull() {
    return reason == Reason.FULL;
  }
}
