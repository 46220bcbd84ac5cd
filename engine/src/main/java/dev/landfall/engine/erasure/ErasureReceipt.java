package dev.landfall.engine.erasure;

import dev.landfall.engine.device.DeviceId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What became of an erasure, without anything that was erased. Times are in milliseconds since the
 * Unix epoch.
 *
 * @param complete whether all is gone from the server
 */
public record ErasureReceipt(long askedAt, boolean complete, List<Held> devices) {
  public ErasureReceipt {
    devices = List.copyOf(devices);
  }

  /**
   * A device that held a copy.
   *
   * @param confirmedAt when it said that it holds nothing any more; it has not come back if empty
   */
  public record Held(
      DeviceId id, Optional<String> platform, long lastSeen, OptionalLong confirmedAt) {}
}
