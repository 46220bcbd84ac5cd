package dev.landfall.engine.sync;

import java.time.Duration;

/**
 * How synchronisation is configured.
 *
 * @param maxDrift how far ahead of the server a device's clock may be
 * @param history how long earlier versions are kept
 * @param tombstoneRetention how long deletions are remembered
 * @param deliversPublic whether what is public is delivered to everybody, or only found by
 *     searching
 */
public record SyncSettings(
    Duration maxDrift,
    Duration history,
    Duration tombstoneRetention,
    boolean deliversPublic,
    Limits limits) {
  /** Settings under which public documents are delivered. */
  public SyncSettings(
      Duration maxDrift, Duration history, Duration tombstoneRetention, Limits limits) {
    this(maxDrift, history, tombstoneRetention, true, limits);
  }

  /** The defaults of config.md. */
  public static final SyncSettings DEFAULT =
      new SyncSettings(
          Duration.ofMinutes(5), Duration.ofDays(30), Duration.ofDays(90), Limits.DEFAULT);
}
