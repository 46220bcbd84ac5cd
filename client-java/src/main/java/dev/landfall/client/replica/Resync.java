package dev.landfall.client.replica;

/** Whether a pull of everything is under way, and why. */
public enum Resync {
  /** It is not. */
  NONE,
  /**
   * The server has forgotten on purpose, or knows nothing of this replica yet: what it does not
   * tell goes.
   */
  PURGED,
  /**
   * The server has lost what it had: what it does not tell, or only in an older version, goes back.
   */
  RESTORED
}
