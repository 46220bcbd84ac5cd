package dev.landfall.engine.history;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One commit of one document.
 *
 * @param commit its clock; its milliseconds are when
 * @param changed the leaves that became different
 * @param conflicts those that the commit resolved, with the losing values
 */
public record DocumentVersion(
    HybridTimestamp commit, Map<LeafPath, Changed> changed, List<JsonObject> conflicts) {

  /**
   * A leaf before and after.
   *
   * @param from null if there was none
   * @param to null if there is none any more
   * @param editClock of the value after
   */
  public record Changed(
      @Nullable JsonValue from, @Nullable JsonValue to, HybridTimestamp editClock) {}
}
