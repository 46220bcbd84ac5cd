package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.LeafPath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The clocks that came with a client's copy of a document. A clock may stand at a leaf or above it;
 * the latest on the way counts, and one from above is coarse: it says that something below has been
 * edited, not what.
 */
public final class EditClocks {
  /** No clocks at all. */
  public static final EditClocks NONE =
      new EditClocks(Map.of(), Map.of(), Map.of(), Set.of(), Set.of());

  private final Map<LeafPath, HybridTimestamp> exact;
  private final Map<LeafPath, HybridTimestamp> uncertain;
  private final Map<LeafPath, HybridTimestamp> echoed;
  private final Set<LeafPath> branches;
  private final Set<LeafPath> replaced;

  private EditClocks(
      Map<LeafPath, HybridTimestamp> exact,
      Map<LeafPath, HybridTimestamp> uncertain,
      Map<LeafPath, HybridTimestamp> echoed,
      Set<LeafPath> branches,
      Set<LeafPath> replaced) {
    this.exact = exact;
    this.uncertain = uncertain;
    this.echoed = echoed;
    this.branches = branches;
    this.replaced = replaced;
  }

  /**
   * Reads the clocks of a copy. One that a server issued up to the base came with a value from
   * there: it is no edit, however late it is, and a client holds it only to recognise news.
   *
   * @param stamps by path, or by the bare name of a top-level field as existing clients write it.
   *     Where an entry can be both, it counts for the field and is coarse for the path, and is
   *     coarse for both if both are leaves
   * @param document the fields of the copy
   * @param leaves its leaves
   * @param base what it was made from
   */
  public static EditClocks of(
      Map<String, HybridTimestamp> stamps,
      JsonObject document,
      Map<LeafPath, JsonValue> leaves,
      HybridTimestamp base) {
    Map<LeafPath, HybridTimestamp> exact = new HashMap<>();
    Map<LeafPath, HybridTimestamp> uncertain = new HashMap<>();
    Map<LeafPath, HybridTimestamp> echoed = new HashMap<>();
    for (Map.Entry<String, HybridTimestamp> stamp : stamps.entrySet()) {
      String name = stamp.getKey();
      LeafPath path = LeafPath.parse(name);
      LeafPath field = LeafPath.ofField(name);
      boolean atField = !field.equals(path) && document.get(name) != null;
      if (ServerNode.isServer(stamp.getValue()) && !stamp.getValue().isAfter(base)) {
        echoed.merge(atField ? field : path, stamp.getValue(), HybridTimestamp::later);
      } else if (atField && leaves.containsKey(field) && leaves.containsKey(path)) {
        uncertain.merge(field, stamp.getValue(), HybridTimestamp::later);
        uncertain.merge(path, stamp.getValue(), HybridTimestamp::later);
      } else if (atField) {
        exact.merge(field, stamp.getValue(), HybridTimestamp::later);
        uncertain.merge(path, stamp.getValue(), HybridTimestamp::later);
      } else {
        exact.merge(path, stamp.getValue(), HybridTimestamp::later);
      }
    }
    Set<LeafPath> branches = new HashSet<>();
    for (LeafPath leaf : leaves.keySet()) {
      branches.addAll(leaf.ancestors());
    }
    return new EditClocks(exact, uncertain, echoed, branches, replaced(exact, branches, base));
  }

  /**
   * The places of scalars that an edit below has replaced. A client that stamps leaves stamps the
   * scalar, which is gone, and the new leaf; the first says nothing of what else is there. An
   * existing client has clocks of its own below a field too, but only such as it was told, which
   * are not above the base.
   */
  private static Set<LeafPath> replaced(
      Map<LeafPath, HybridTimestamp> exact, Set<LeafPath> branches, HybridTimestamp base) {
    Set<LeafPath> replaced = new HashSet<>();
    for (Map.Entry<LeafPath, HybridTimestamp> below : exact.entrySet()) {
      for (LeafPath above : below.getKey().ancestors()) {
        HybridTimestamp clock = branches.contains(above) ? exact.get(above) : null;
        if (clock != null
            && clock.node().equals(below.getValue().node())
            && below.getValue().isAfter(base)) {
          replaced.add(above);
        }
      }
    }
    return replaced;
  }

  /**
   * The clock that counts for a leaf.
   *
   * @param coarse whether it stood above the leaf
   */
  public record Effective(HybridTimestamp clock, boolean coarse) {}

  /** The clock that counts for {@code path}, if there is one. */
  public Optional<Effective> at(LeafPath path) {
    HybridTimestamp own = exact.get(path);
    HybridTimestamp above = uncertain.get(path);
    for (LeafPath ancestor : path.ancestors()) {
      HybridTimestamp clock = replaced.contains(ancestor) ? null : exact.get(ancestor);
      if (clock != null && (above == null || clock.isAfter(above))) {
        above = clock;
      }
    }
    if (own != null && (above == null || !above.isAfter(own))) {
      return Optional.of(new Effective(own, false));
    }
    return above == null ? Optional.empty() : Optional.of(new Effective(above, true));
  }

  /** The clock that stands at {@code path} itself, if there is one. */
  public Optional<Effective> exactlyAt(LeafPath path) {
    return Optional.ofNullable(exact.get(path)).map(clock -> new Effective(clock, false));
  }

  /**
   * The paths with a clock of their own that have neither a value nor anything below them:
   * removals.
   */
  public Set<LeafPath> withoutValue(Set<LeafPath> leaves) {
    Set<LeafPath> paths = new LinkedHashSet<>();
    for (LeafPath path : exact.keySet()) {
      if (!leaves.contains(path) && !branches.contains(path)) {
        paths.add(path);
      }
    }
    return paths;
  }

  /** Whether the copy has leaves below {@code path}. */
  public boolean isBranch(LeafPath path) {
    return branches.contains(path);
  }

  /** Whether the clock at a branch stands for a scalar that was there and is gone. */
  public boolean isReplaced(LeafPath path) {
    return replaced.contains(path);
  }

  /** The latest of all clocks, zero if there are none. */
  public HybridTimestamp latest() {
    return exact.values().stream().reduce(HybridTimestamp.ZERO, HybridTimestamp::later);
  }

  /** The latest clock at or below each top-level field. */
  public Map<LeafPath, HybridTimestamp> byTop() {
    Map<LeafPath, HybridTimestamp> latest = new HashMap<>();
    exact.forEach((path, clock) -> latest.merge(path.top(), clock, HybridTimestamp::later));
    echoed.forEach((path, clock) -> latest.merge(path.top(), clock, HybridTimestamp::later));
    return latest;
  }
}
