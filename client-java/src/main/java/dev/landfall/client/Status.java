package dev.landfall.client;

/** How an atom stands with the server. Reading and changing it works in all of these states. */
public enum Status {
  /** A request is on its way. */
  SYNCING,
  /** The last request was answered. */
  IDLE,
  /** The server cannot be reached, or is not available; it is tried again. */
  OFFLINE,
  /** The token is not accepted; nothing is sent until there is another. */
  UNAUTHORIZED,
  /** The server refuses requests of this application or organisation; it is tried again, rarely. */
  ERROR
}
