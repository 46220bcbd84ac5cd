package dev.landfall.engine.commit;

import java.time.Duration;

/**
 * How synchronisation is configured.
 *
 * @param maxDrift how far ahead of the server a device's clock may be
 * @param history how long earlier versions are kept
 * @param tombstoneRetention how long deletions are remembered
 * @param deliversPublic whether what is public is delivered to everybody, or only found by
 *     searching
 * @param sharing how much one may let others see
 * @param searchTime how long a search may take
 */
public record SyncSettings(
    Duration maxDrift,
    Duration history,
    Duration tombstoneRetention,
    boolean deliversPublic,
    Limits limits,
    SharingLimits sharing,
    Duration searchTime) {
  /** How long a search may take by default. */
  public static final Duration SEARCH_TIME = Duration.ofSeconds(5);

  /** Settings with the time of searches that is the default. */
  public SyncSettings(
      Duration maxDrift,
      Duration history,
      Duration tombstoneRetention,
      boolean deliversPublic,
      Limits limits,
      SharingLimits sharing) {
    this(maxDrift, history, tombstoneRetention, deliversPublic, limits, sharing, SEARCH_TIME);
  }

  /** Settings with the limits of sharing and the time of searches that are the default. */
  public SyncSettings(
      Duration maxDrift,
      Duration history,
      Duration tombstoneRetention,
      boolean deliversPublic,
      Limits limits) {
    this(
        maxDrift,
        history,
        tombstoneRetention,
        deliversPublic,
        limits,
        SharingLimits.DEFAULT,
        SEARCH_TIME);
  }

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
