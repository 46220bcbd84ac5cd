package dev.landfall.engine.clock;

import dev.landfall.api.HybridTimestamp;

/**
 * How a hybrid logical clock moves (Kulkarni et al. 2014, section 4): forwards only, close to the
 * wall clock, and past everything heard of.
 */
public final class HybridClock {
  private HybridClock() {}

  /**
   * The next reading of {@code clock} for an event of its own node. When the sequence is used up
   * the milliseconds advance by one instead, so that six digits stay enough.
   *
   * @param wallMillis milliseconds since the Unix epoch, 0 or more
   * @throws IllegalArgumentException if the clock has reached the end of its range
   */
  public static HybridTimestamp tick(HybridTimestamp clock, long wallMillis) {
    if (wallMillis > clock.millis()) {
      return new HybridTimestamp(wallMillis, 0, clock.node());
    }
    if (clock.sequence() < HybridTimestamp.MAX_SEQUENCE) {
      return new HybridTimestamp(clock.millis(), clock.sequence() + 1, clock.node());
    }
    return new HybridTimestamp(clock.millis() + 1, 0, clock.node());
  }

  /**
   * The next reading of {@code local} after hearing of {@code remote}: later than both and not
   * before the wall clock.
   *
   * @param wallMillis milliseconds since the Unix epoch, 0 or more
   * @throws IllegalArgumentException if the clock has reached the end of its range
   */
  public static HybridTimestamp receive(
      HybridTimestamp local, HybridTimestamp remote, long wallMillis) {
    boolean remoteAhead =
        remote.millis() > local.millis()
            || (remote.millis() == local.millis() && remote.sequence() > local.sequence());
    return tick(remoteAhead ? remote.withNode(local.node()) : local, wallMillis);
  }
}
