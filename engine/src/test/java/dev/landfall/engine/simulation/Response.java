package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import java.util.List;
import java.util.Map;

/** An answer as it comes over the wire. */
record Response(
    int status,
    long serverTime,
    HybridTimestamp serverClock,
    List<JsonObject> documents,
    List<JsonObject> conflicts,
    Map<String, HybridTimestamp> acks,
    boolean more,
    boolean resync) {

  static Response refused(int status, long serverTime) {
    return new Response(
        status, serverTime, HybridTimestamp.ZERO, List.of(), List.of(), Map.of(), false, false);
  }

  boolean isOk() {
    return status == 200;
  }
}
