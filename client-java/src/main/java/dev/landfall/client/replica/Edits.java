package dev.landfall.client.replica;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a device did to one document: deleted it, or edited leaves, or the one and then the other.
 *
 * @param deletion which came before all of {@code leaves}; null if there was none
 */
public record Edits(@Nullable Edit deletion, Map<LeafPath, Edit> leaves) {
  /** Nothing. */
  public static final Edits NONE = new Edits(null, Map.of());

  public Edits {
    leaves = Collections.unmodifiableMap(new LinkedHashMap<>(leaves));
  }

  /** Whether there is nothing. */
  public boolean isEmpty() {
    return deletion == null && leaves.isEmpty();
  }

  /** These, and {@code later} ones on top. */
  Edits then(Edits later) {
    if (isEmpty()) {
      return later;
    }
    Edit laterDeletion = later.deletion;
    if (laterDeletion != null) {
      return new Edits(laterDeletion.since(first()), later.leaves);
    }
    Map<LeafPath, Edit> all = new LinkedHashMap<>(leaves);
    later.leaves.forEach((path, edit) -> put(all, path, edit));
    return new Edits(deletion, all);
  }

  /** Puts an edit over one that is there. */
  static void put(Map<LeafPath, Edit> leaves, LeafPath path, Edit edit) {
    Edit before = leaves.get(path);
    leaves.put(path, before == null ? edit : edit.since(before.since()));
  }

  /** The number of the first local change that is in here; {@link Long#MAX_VALUE} for none. */
  long first() {
    long first = deletion == null ? Long.MAX_VALUE : deletion.since();
    for (Edit edit : leaves.values()) {
      first = Math.min(first, edit.since());
    }
    return first;
  }

  /** The latest clock, zero for none. */
  HybridTimestamp latest() {
    HybridTimestamp latest = deletion == null ? HybridTimestamp.ZERO : deletion.clock();
    for (Edit edit : leaves.values()) {
      latest = HybridTimestamp.later(latest, edit.clock());
    }
    return latest;
  }

  /** The latest clock that is not after {@code limit}, zero for none. */
  HybridTimestamp latestUntil(HybridTimestamp limit) {
    HybridTimestamp latest = HybridTimestamp.ZERO;
    if (deletion != null && !deletion.clock().isAfter(limit)) {
      latest = deletion.clock();
    }
    for (Edit edit : leaves.values()) {
      if (!edit.clock().isAfter(limit)) {
        latest = HybridTimestamp.later(latest, edit.clock());
      }
    }
    return latest;
  }

  /** The earliest clock, zero for none. */
  HybridTimestamp earliest() {
    HybridTimestamp earliest = deletion == null ? latest() : deletion.clock();
    for (Edit edit : leaves.values()) {
      earliest = earliest.isAfter(edit.clock()) ? edit.clock() : earliest;
    }
    return earliest;
  }

  /** These without those of leaves that {@code others} edit too. */
  Edits without(Edits others) {
    Map<LeafPath, Edit> left = new LinkedHashMap<>(leaves);
    left.keySet().removeAll(others.leaves.keySet());
    return left.size() == leaves.size() ? this : new Edits(deletion, left);
  }

  /**
   * The document {@code below} as it travels with these edits. What was received below a leaf that
   * was taken away is left out: the clock above it would make an edit of it.
   */
  @Nullable JsonObject travelOn(@Nullable JsonObject below) {
    JsonObject document = on(below);
    if (document == null) {
      return null;
    }
    Set<LeafPath> removed = new HashSet<>();
    leaves.forEach(
        (path, edit) -> {
          if (edit.value() == null) {
            removed.add(path);
          }
        });
    Map<LeafPath, JsonValue> result = new LinkedHashMap<>(Leaves.of(document));
    boolean changed =
        result
            .keySet()
            .removeIf(
                path ->
                    !leaves.containsKey(path)
                        && path.ancestors().stream().anyMatch(removed::contains));
    return changed ? Leaves.join(result) : document;
  }

  Edits stamped(UnaryOperator<HybridTimestamp> stamp) {
    Map<LeafPath, Edit> stamped = new LinkedHashMap<>();
    leaves.forEach((path, edit) -> stamped.put(path, edit.at(stamp.apply(edit.clock()))));
    return new Edits(deletion == null ? null : deletion.at(stamp.apply(deletion.clock())), stamped);
  }

  /** The document {@code below} with these edits; null if it is not there. */
  @Nullable JsonObject on(@Nullable JsonObject below) {
    if (isEmpty()) {
      return below;
    }
    if (leaves.isEmpty()) {
      return null;
    }
    Map<LeafPath, JsonValue> result = new LinkedHashMap<>();
    if (below != null && deletion == null) {
      result.putAll(Leaves.of(below));
    }
    leaves.forEach(
        (path, edit) -> {
          if (edit.value() == null) {
            result.remove(path);
          }
        });
    leaves.forEach(
        (path, edit) -> {
          JsonValue value = edit.value();
          if (value != null) {
            path.ancestors().forEach(result::remove);
            String inside = path.text() + ".";
            result.keySet().removeIf(leaf -> leaf.text().startsWith(inside));
            result.put(path, value);
          }
        });
    return Leaves.join(result);
  }
}
