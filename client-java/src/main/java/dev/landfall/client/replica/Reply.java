package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Map;

/** The server's answer to an {@link Outgoing}. */
public record Reply(
    HybridTimestamp serverClock,
    List<Told> documents,
    Map<DocumentAddress, HybridTimestamp> acknowledged,
    List<Rejected> rejected,
    List<ResolvedConflict> conflicts,
    boolean more,
    boolean resync) {

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
   */
  public record Told(
      DocumentAddress address, HybridTimestamp revision, Fate fate, JsonObject fields) {}

  /** A change that was not stored. */
  public record Rejected(DocumentAddress address, String code, JsonValue details) {}
}
