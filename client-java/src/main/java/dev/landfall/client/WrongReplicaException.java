package dev.landfall.client;

/**
 * The replica on this device belongs to another user, organisation, application or server than the
 * one that is signed in to. Nothing of it is shown, sent or changed. Remedy: sign in as before, or
 * use another store.
 */
public final class WrongReplicaException extends RuntimeException {
  /** Of a {@link Problem} with this reason. */
  public static final String CODE = "wrong_replica";

  private static final long serialVersionUID = 1L;

  /** With whose replica it is. */
  public WrongReplicaException(String message) {
    super(message);
  }
}
