package dev.landfall.client.store;

/** The place where the device keeps its copy fails, or cannot be used. */
public final class LocalStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what to do about it. */
  public LocalStoreException(String message) {
    super(message);
  }

  /** With what the place said. */
  public LocalStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
