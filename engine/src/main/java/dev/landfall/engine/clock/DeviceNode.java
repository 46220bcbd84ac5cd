package dev.landfall.engine.clock;

import dev.landfall.api.HybridTimestamp;

/** The node part of the clocks that devices issue. */
public final class DeviceNode {
  private DeviceNode() {}

  /**
   * Whether two edit clocks come from one device; server clocks and the placeholder node say
   * nothing of a device.
   */
  public static boolean isSame(HybridTimestamp a, HybridTimestamp b) {
    return a.node().equals(b.node())
        && !ServerNode.isServer(a)
        && !a.node().equals(HybridTimestamp.ZERO.node())
        && !a.node().equals("server");
  }
}
