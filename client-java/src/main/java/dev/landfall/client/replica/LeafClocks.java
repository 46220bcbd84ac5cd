package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the leaves of a document were edited last, those that were removed included. Most leaves of
 * a document are written together, so one clock is kept for all that have no other.
 *
 * @param common of each leaf that is not in {@code others}
 * @param others by path; a path that is no leaf of the document was removed
 */
public record LeafClocks(HybridTimestamp common, Map<LeafPath, HybridTimestamp> others) {
  /** Of no document. */
  public static final LeafClocks NONE = new LeafClocks(HybridTimestamp.ZERO, Map.of());

  public LeafClocks {
    others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
  }

  /** All leaves have the same clock. */
  static LeafClocks all(HybridTimestamp clock) {
    return new LeafClocks(clock, Map.of());
  }

  /**
   * As the server tells them: by path, and one for each top-level object and for names as they are
   * written, which are for clients that know no paths.
   *
   * @param otherwise of a leaf that has none
   */
  public static LeafClocks told(
      JsonObject document, Map<String, HybridTimestamp> told, HybridTimestamp otherwise) {
    Map<LeafPath, HybridTimestamp> clocks = new LinkedHashMap<>();
    Set<String> known = new LinkedHashSet<>(document.members().keySet());
    for (LeafPath path : Leaves.of(document).keySet()) {
      known.add(path.text());
      HybridTimestamp clock = told.get(path.text());
      for (LeafPath above : path.ancestors()) {
        known.add(above.text());
        if (clock == null) {
          clock = told.get(above.text());
        }
      }
      clocks.put(path, clock == null ? otherwise : clock);
    }
    Map<LeafPath, HybridTimestamp> removed = new LinkedHashMap<>();
    told.forEach(
        (path, clock) -> {
          if (!known.contains(path)) {
            removed.put(LeafPath.parse(path), clock);
          }
        });
    return of(clocks, removed);
  }

  private static LeafClocks of(
      Map<LeafPath, HybridTimestamp> clocks, Map<LeafPath, HybridTimestamp> removed) {
    Map<HybridTimestamp, Integer> counts = new HashMap<>();
    HybridTimestamp common = HybridTimestamp.ZERO;
    int most = 0;
    for (HybridTimestamp clock : clocks.values()) {
      int count = counts.merge(clock, 1, Integer::sum);
      if (count > most) {
        most = count;
        common = clock;
      }
    }
    Map<LeafPath, HybridTimestamp> others = new LinkedHashMap<>(removed);
    for (Map.Entry<LeafPath, HybridTimestamp> entry : clocks.entrySet()) {
      if (!entry.getValue().equals(common)) {
        others.put(entry.getKey(), entry.getValue());
      }
    }
    return new LeafClocks(common, others);
  }

  /** Of a leaf of the document. */
  HybridTimestamp at(LeafPath path) {
    return others.getOrDefault(path, common);
  }

  /** These after {@code edits} that made {@code document} of {@code before}. */
  LeafClocks after(Edits edits, @Nullable JsonObject before, @Nullable JsonObject document) {
    if (document == null) {
      return NONE;
    }
    if (edits.isEmpty()) {
      return this;
    }
    Map<LeafPath, HybridTimestamp> removed = new LinkedHashMap<>();
    Set<LeafPath> old = before == null ? Set.of() : Leaves.of(before).keySet();
    if (edits.deletion() == null) {
      others.forEach(
          (path, clock) -> {
            if (!old.contains(path)) {
              removed.put(path, clock);
            }
          });
    }
    edits
        .leaves()
        .forEach(
            (path, edit) -> {
              if (edit.value() == null) {
                removed.put(path, edit.clock());
              }
            });
    Map<LeafPath, HybridTimestamp> clocks = new LinkedHashMap<>();
    for (LeafPath path : Leaves.of(document).keySet()) {
      Edit edit = edits.leaves().get(path);
      clocks.put(path, edit == null ? at(path) : edit.clock());
      removed.remove(path);
    }
    return of(clocks, removed);
  }

  /** Everything that is in {@code document} and was removed from it, as edits. */
  Edits asEdits(JsonObject document) {
    Map<LeafPath, Edit> edits = new LinkedHashMap<>();
    others.forEach((path, clock) -> edits.put(path, new Edit(null, clock, 0)));
    Leaves.of(document).forEach((path, value) -> edits.put(path, new Edit(value, at(path), 0)));
    return new Edits(null, edits);
  }

  /**
   * What {@code document} has later than another version of it, leaf by leaf. A value whose age
   * nobody knows is later than nothing at all, and one that is there without its age is told it.
   *
   * @param theirClocks of {@code theirs}
   */
  Edits laterThan(JsonObject document, JsonObject theirs, LeafClocks theirClocks) {
    Map<LeafPath, JsonValue> there = Leaves.of(theirs);
    Map<LeafPath, Edit> edits = new LinkedHashMap<>();
    asEdits(document)
        .leaves()
        .forEach(
            (path, edit) -> {
              JsonValue value = there.get(path);
              HybridTimestamp clock =
                  value != null
                      ? theirClocks.at(path)
                      : theirClocks.others.getOrDefault(path, HybridTimestamp.ZERO);
              boolean differs = edit.value() == null ? value != null : !edit.value().equals(value);
              boolean tellsAge = edit.value() != null && clock.isZero();
              boolean isNew = tellsAge && value == null && !theirClocks.others.containsKey(path);
              if (isNew || ((differs || tellsAge) && edit.clock().isAfter(clock))) {
                edits.put(path, edit);
              }
            });
    return new Edits(null, edits);
  }
}
