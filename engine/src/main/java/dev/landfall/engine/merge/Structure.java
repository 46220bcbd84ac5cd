package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which leaves have a place. A value takes the place of everything earlier above and below it,
 * whatever becomes of it later; so the result is that of making all edits in the order of their
 * clocks, in whatever order they arrive.
 */
final class Structure {
  private Structure() {}

  /** By what a leaf has lost its place. */
  record Displacement(LeafPath by, HybridTimestamp clock) {}

  /**
   * The live leaves without a place.
   *
   * @param edited the leaves of which the request that is being merged has brought a value; they
   *     win where clocks are equal
   */
  static Map<LeafPath, Displacement> displaced(Map<LeafPath, Leaf> leaves, Set<LeafPath> edited) {
    Map<LeafPath, Displacement> latestBelow = new HashMap<>();
    boolean nested = false;
    for (Map.Entry<LeafPath, Leaf> leaf : leaves.entrySet()) {
      for (LeafPath ancestor : leaf.getKey().ancestors()) {
        nested = true;
        Displacement candidate = new Displacement(leaf.getKey(), leaf.getValue().written());
        latestBelow.merge(ancestor, candidate, (a, b) -> stronger(a, b, leaves, edited));
      }
    }
    if (!nested) {
      return Map.of();
    }
    Map<LeafPath, Displacement> displaced = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, Leaf> entry : leaves.entrySet()) {
      LeafPath path = entry.getKey();
      if (entry.getValue().isRemoved()) {
        continue;
      }
      Displacement strongest = latestBelow.get(path);
      for (LeafPath ancestor : path.ancestors()) {
        Leaf above = leaves.get(ancestor);
        if (above != null) {
          Displacement candidate = new Displacement(ancestor, above.written());
          strongest =
              strongest == null ? candidate : stronger(strongest, candidate, leaves, edited);
        }
      }
      if (strongest != null && beats(strongest, path, entry.getValue(), leaves, edited)) {
        displaced.put(path, strongest);
      }
    }
    return displaced;
  }

  private static Displacement stronger(
      Displacement a, Displacement b, Map<LeafPath, Leaf> leaves, Set<LeafPath> edited) {
    int order = a.clock().compareTo(b.clock());
    if (order != 0) {
      return order > 0 ? a : b;
    }
    return isFresh(b.by(), leaves, edited) ? b : a;
  }

  private static boolean beats(
      Displacement by, LeafPath path, Leaf leaf, Map<LeafPath, Leaf> leaves, Set<LeafPath> edited) {
    int order = by.clock().compareTo(leaf.edit());
    return order > 0 || (order == 0 && isFresh(by.by(), leaves, edited) && !edited.contains(path));
  }

  private static boolean isFresh(LeafPath path, Map<LeafPath, Leaf> leaves, Set<LeafPath> edited) {
    Leaf leaf = leaves.get(path);
    return leaf != null && !leaf.isRemoved() && edited.contains(path);
  }
}
