package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The server's answer to an {@link Outgoing}.
 *
 * @param resync whether it begins with everything, and why
 * @param serverMillis what time it is there; empty if it did not say
 */
public record Reply(
    HybridTimestamp serverClock,
    List<Told> documents,
    Map<DocumentAddress, HybridTimestamp> acknowledged,
    List<Rejected> rejected,
    List<ResolvedConflict> conflicts,
    boolean more,
    Resync resync,
    OptionalLong serverMillis,
    List<Warning> warnings) {

  /** What became of a document. */
  public enum Fate {
    LIVE,
    DELETED,
    /** The caller may not read it any more. */
    REVOKED
  }

  /**
   * A document as the server has it.
   *
   * @param fields without those of the protocol
   * @param clocks of the leaves of {@code fields}
   */
  public record Told(
      DocumentAddress address,
      HybridTimestamp revision,
      Fate fate,
      JsonObject fields,
      LeafClocks clocks) {}

  /** A change that was not stored. */
  public record Rejected(DocumentAddress address, String code, JsonValue details) {}
}
