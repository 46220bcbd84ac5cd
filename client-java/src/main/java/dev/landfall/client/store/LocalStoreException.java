package dev.landfall.client.store;

/** The place where the device keeps its copy fails, or cannot be used. */
public final class LocalStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean full;

  /** With what to do about it. */
  public LocalStoreException(String message) {
    super(message);
    this.full = false;
  }

  /** With what the place said. */
  public LocalStoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /**
   * With what the place said.
   *
   * @param full whether it has no room
   */
  public LocalStoreException(String message, Throwable cause, boolean full) {
    super(message, cause);
    this.full = full;
  }

  /** Whether there is no room; something smaller may fit, and deleting makes room. */
  public boolean isFull() {
    return full;
  }
}
