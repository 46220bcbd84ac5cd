package dev.landfall.engine.sync;

import java.time.Duration;

/**
 * How synchronisation is configured.
 *
 * @param maxDrift how far ahead of the server a device's clock may be
 * @param history how long earlier versions are kept
 * @param tombstoneRetention how long deletions are remembered
 */
public record SyncSettings(
    Duration maxDrift, Duration history, Duration tombstoneRetention, Limits limits) {
  /** The defaults of config.md. */
  public static final SyncSettings DEFAULT =
      new SyncSettings(
          Duration.ofMinutes(5), Duration.ofDays(30), Duration.ofDays(90), Limits.DEFAULT);
}
