package dev.landfall.api.store;

/**
 * The database did not do what was asked in time, or at all. A write that ends so may or may not
 * have happened.
 */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(String operation, Throwable cause) {
    super(operation, cause);
  }

  /** With the failed operation; the message is for the log and never for a client. */
  public StoreUnavailableException(String operation) {
    super(operation);
  }
}
