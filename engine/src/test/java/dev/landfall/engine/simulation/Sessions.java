package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * What each device was told, and the oracle of I6: whatever node it asks, it reads its own writes
 * and never goes back. That writes follow reads and each other is part of I5: every commit is later
 * than every clock told before.
 */
final class Sessions {
  private final Map<Seat, Map<String, HybridTimestamp>> known = new HashMap<>();

  /** The server is another one now. */
  void clear() {
    known.clear();
  }

  /** The latest revision a device was told, by document. */
  Map<String, HybridTimestamp> known(Seat seat) {
    return known.computeIfAbsent(seat, unused -> new HashMap<>());
  }

  /** An answer must not be older than what was told before. */
  void check(Seat seat, Response response) {
    if (response.restored()) {
      return; // it is another server now
    }
    for (JsonObject wire : response.documents()) {
      check(seat, Client.address(wire), wire);
    }
    response.acks().forEach((address, revision) -> check(seat, address, revision));
  }

  void check(Seat seat, String address, JsonObject wire) {
    if (wire.get("_revoked") == null) {
      check(seat, address, Client.revision(wire));
    }
  }

  private void check(Seat seat, String address, HybridTimestamp revision) {
    HybridTimestamp before = known(seat).getOrDefault(address, HybridTimestamp.ZERO);
    boolean unknown = revision.isZero(); // what the server does not have has no revision
    if (!unknown && before.isAfter(revision)) {
      throw Oracles.broken(
          "I6: reads go backward: "
              + seat
              + " had "
              + address
              + " at "
              + before
              + " and now at "
              + revision);
    }
  }

  /** A device has got an answer. */
  void told(Seat seat, Response response) {
    if (response.restored()) {
      known(seat).clear();
    }
    for (JsonObject wire : response.documents()) {
      if (wire.get("_revoked") == null) {
        known(seat).merge(Client.address(wire), Client.revision(wire), HybridTimestamp::later);
      }
    }
    response
        .acks()
        .forEach(
            (address, revision) -> known(seat).merge(address, revision, HybridTimestamp::later));
  }
}
