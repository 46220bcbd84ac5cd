package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * @param upon the edits that came in front of this copy in the same request: what is edited here
 *     was made on top of them
 */
public record ClientCopy(
    JsonObject fields,
    Map<LeafPath, JsonValue> leaves,
    EditClocks clocks,
    HybridTimestamp base,
    boolean baseLost,
    Optional<JsonObject> baseFields,
    boolean lastOfItsKind,
    Map<LeafPath, Below> upon) {

  /**
   * An edit on top of which another was made.
   *
   * @param value null for a removal
   */
  public record Below(@Nullable JsonValue value, HybridTimestamp clock) {}

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
    return new ClientCopy(fields, leaves, clocks, base, baseLost, baseFields, baseLost, Map.of());
  }

  /** The same on top of other edits. */
  public ClientCopy upon(Map<LeafPath, Below> edits) {
    return new ClientCopy(
        fields, leaves, clocks, base, baseLost, baseFields, lastOfItsKind, new HashMap<>(edits));
  }

  /** The same of a client that goes by a state which this server has lost. */
  public ClientCopy ofLostState() {
    return new ClientCopy(fields, leaves, clocks, base, baseLost, baseFields, true, upon);
  }
}
