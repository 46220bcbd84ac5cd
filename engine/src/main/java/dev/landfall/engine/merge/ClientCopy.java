package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A document as a client holds it.
 *
 * @param fields without those of the protocol
 * @param leaves of {@code fields}
 * @param clocks of its edits
 * @param base what the server had committed when the client last heard of it
 * @param baseLost whether this server cannot know that state; {@code base} is zero then
 * @param baseFields what the client says the document was at {@code base}
 * @param lastOfItsKind whether the client goes by a state that this server has lost, in this
 *     document or in others: what it holds and nobody here knows may be the last copy
 * @param before clocks of the edits that the same request has brought of this document before this
 *     copy. They are of the same device, whatever node they name
 */
public record ClientCopy(
    JsonObject fields,
    Map<LeafPath, JsonValue> leaves,
    EditClocks clocks,
    HybridTimestamp base,
    boolean baseLost,
    Optional<JsonObject> baseFields,
    boolean lastOfItsKind,
    Set<HybridTimestamp> before) {

  /** Of a client that holds nothing. */
  public static final ClientCopy NONE = of(JsonObject.EMPTY, Map.of(), HybridTimestamp.ZERO);

  /** A copy whose base is known to this server. */
  public static ClientCopy of(
      JsonObject fields, Map<String, HybridTimestamp> stamps, HybridTimestamp base) {
    return of(fields, stamps, base, false, Optional.empty());
  }

  /**
   * A copy.
   *
   * @param heard what the server had committed when the client last heard of it, as it says
   * @param baseLost whether this server cannot know that state
   */
  public static ClientCopy of(
      JsonObject fields,
      Map<String, HybridTimestamp> stamps,
      HybridTimestamp heard,
      boolean baseLost,
      Optional<JsonObject> baseFields) {
    HybridTimestamp base = baseLost ? HybridTimestamp.ZERO : heard;
    Map<LeafPath, JsonValue> leaves = Leaves.of(fields);
    EditClocks clocks = EditClocks.of(stamps, fields, leaves, base);
    return new ClientCopy(fields, leaves, clocks, base, baseLost, baseFields, baseLost, Set.of());
  }

  /** The same, after others in one request. */
  public ClientCopy after(Set<HybridTimestamp> others) {
    return new ClientCopy(
        fields, leaves, clocks, base, baseLost, baseFields, lastOfItsKind, Set.copyOf(others));
  }

  /** The same of a client that goes by a state which this server has lost. */
  public ClientCopy ofLostState() {
    return new ClientCopy(fields, leaves, clocks, base, baseLost, baseFields, true, before);
  }
}
