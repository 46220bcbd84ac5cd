package dev.landfall.engine.commit;

import java.util.Locale;

/** Why a client's clock was served as zero. */
public enum Resync {
  /**
   * The server has forgotten what it would have to tell, or the clock is of another view of its
   * documents. It lacks nothing: what the pages do not contain is gone.
   */
  PURGED,
  /**
   * The server never issued that clock: it came back from a backup or empty, or it is another
   * server. What it lacks may be nowhere but on the devices.
   */
  RESTORED;

  /** The name on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
