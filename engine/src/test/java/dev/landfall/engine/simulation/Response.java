package dev.landfall.engine.simulation;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.commit.Resync;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer as it comes over the wire. Documents are named by their key, those of somebody else by
 * {@code owner/key}.
 *
 * @param rejections codes by document
 */
record Response(
    int status,
    long serverTime,
    HybridTimestamp serverClock,
    List<JsonObject> documents,
    List<JsonObject> conflicts,
    Map<String, HybridTimestamp> acks,
    Map<String, String> rejections,
    boolean more,
    Optional<Resync> cause) {

  static Response refused(int status, long serverTime) {
    return new Response(
        status,
        serverTime,
        HybridTimestamp.ZERO,
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        false,
        Optional.empty());
  }

  /** Whether the client's clock was served as zero. */
  boolean resync() {
    return cause.isPresent();
  }

  /** Whether the server may have lost what the client holds. */
  boolean restored() {
    return cause.equals(Optional.of(Resync.RESTORED));
  }

  boolean isOk() {
    return status == 200;
  }

  /** A text that two equal answers share. */
  String canonical() {
    List<String> texts = new ArrayList<>();
    documents.forEach(wire -> texts.add(Oracles.canonical(wire)));
    return status
        + " "
        + serverClock
        + " "
        + texts
        + (more ? " more" : "")
        + cause.map(why -> " resync " + why).orElse("")
        + " acks "
        + new TreeMap<>(acks)
        + (rejections.isEmpty() ? "" : " rejected " + new TreeMap<>(rejections))
        + " conflicts "
        + conflicts.stream().map(Oracles::canonical).toList();
  }
}
