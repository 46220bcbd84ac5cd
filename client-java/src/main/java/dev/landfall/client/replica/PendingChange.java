package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a document in one version of it: one change of a request. Either a deletion or
 * edits of leaves.
 *
 * @param from the version it was made in, as a clock. It stays when another version comes in under
 *     it
 * @param upon edits of an earlier node of this device that have been answered and that these were
 *     made on top of. They are told once more in front of these, so that the server knows whose
 *     they were
 * @param sent whether it is on its way, or was and has had no answer. It stays as it is then and is
 *     sent again as it is
 */
public record PendingChange(HybridTimestamp from, Edits edits, Edits upon, boolean sent) {

  /** Something new. */
  static PendingChange of(HybridTimestamp from, Edits edits) {
    return new PendingChange(from, edits, Edits.NONE, false);
  }

  PendingChange sent(boolean now) {
    return now == sent ? this : new PendingChange(from, edits, upon, now);
  }

  PendingChange stamped(UnaryOperator<HybridTimestamp> stamp) {
    return new PendingChange(from, edits.stamped(stamp), upon, sent);
  }

  /** The same, made from {@code version}, in which {@code document} is what there is. */
  PendingChange madeFrom(HybridTimestamp version, @Nullable JsonObject document) {
    Map<LeafPath, JsonValue> there = document == null ? Map.of() : Leaves.of(document);
    Map<LeafPath, Edit> leaves = new LinkedHashMap<>();
    edits.leaves().forEach((path, edit) -> leaves.put(path, edit.madeFrom(there.get(path))));
    return new PendingChange(version, new Edits(edits.deletion(), leaves), Edits.NONE, sent);
  }

  /**
   * The same on top of what was answered, as far as it is upon edits of another node.
   *
   * @param answered edits of leaves
   */
  PendingChange upon(Edits answered) {
    Map<LeafPath, Edit> below = new LinkedHashMap<>();
    edits
        .leaves()
        .forEach(
            (path, edit) -> {
              List<LeafPath> covered = new ArrayList<>(path.ancestors());
              covered.add(path);
              for (LeafPath other : covered) {
                Edit before = answered.leaves().get(other);
                if (before != null && !before.clock().node().equals(edit.clock().node())) {
                  below.put(other, before);
                }
              }
            });
    return below.isEmpty()
        ? this
        : new PendingChange(from, edits, upon.then(new Edits(null, below)), sent);
  }

  /** What a server needs to know of {@code told} as it was when it was edited. */
  static Optional<JsonObject> base(Edits told) {
    Map<LeafPath, JsonValue> leaves = new LinkedHashMap<>();
    told.leaves()
        .forEach(
            (path, edit) -> {
              JsonValue was = edit.was();
              if (was != null) {
                leaves.put(path, was);
              }
            });
    return leaves.isEmpty() ? Optional.empty() : Optional.of(Leaves.join(leaves));
  }
}
