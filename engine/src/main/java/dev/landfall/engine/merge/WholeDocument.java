package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Conflict.Winner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two acceptable copies can merge into one that is not; then the side with the later edit is kept
 * whole.
 *
 * @param leaves of the side that is kept
 * @param received what the other side loses, if that is the client's
 */
record WholeDocument(
    Map<LeafPath, Leaf> leaves, Map<LeafPath, Received> received, List<Conflict> conflicts) {

  /** What {@code mergeStrategy} says of a document that was kept whole. */
  private static final String STRATEGY = "whole-document";

  /**
   * Keeps one of two sides.
   *
   * @param edited the leaves that the copy has edited
   * @param commit the clock of the merge
   */
  static WholeDocument of(
      Document stored,
      ClientCopy copy,
      Set<LeafPath> edited,
      MergeRules rules,
      HybridTimestamp commit) {
    HybridTimestamp ours = HybridTimestamp.ZERO;
    for (LeafPath path : edited) {
      ours = HybridTimestamp.later(ours, clock(copy, path));
    }
    HybridTimestamp theirs = HybridTimestamp.ZERO;
    for (Leaf leaf : stored.leaves().values()) {
      if (leaf.commit().isAfter(copy.base())) {
        theirs = HybridTimestamp.later(theirs, leaf.edit());
      }
    }
    boolean keepOurs = !theirs.isAfter(ours) || !rules.acceptable().test(stored.fields());
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>(stored.leaves());
    Map<LeafPath, Received> received = new LinkedHashMap<>();
    List<Conflict> conflicts = new ArrayList<>();
    Set<LeafPath> paths = new LinkedHashSet<>(copy.leaves().keySet());
    paths.addAll(stored.leaves().keySet());
    for (LeafPath path : paths) {
      Leaf leaf = stored.leaves().get(path);
      JsonValue remote = leaf == null ? null : leaf.value();
      JsonValue local = copy.leaves().get(path);
      if (Objects.equals(remote, local)) {
        continue;
      }
      HybridTimestamp clock = clock(copy, path);
      HybridTimestamp storedEdit = leaf == null ? HybridTimestamp.ZERO : leaf.edit();
      if (keepOurs) {
        leaves.put(path, kept(local, clock, leaf, storedEdit, commit));
      } else if (edited.contains(path)) {
        received.put(path, new Received(local, clock, false));
      }
      boolean editedThere = leaf != null && leaf.commit().isAfter(copy.base());
      if (keepOurs ? editedThere : edited.contains(path)) {
        conflicts.add(
            new Conflict(
                path.text(),
                clock,
                storedEdit,
                local,
                remote,
                keepOurs ? Winner.LOCAL : Winner.REMOTE,
                keepOurs ? local : remote,
                Optional.of(STRATEGY)));
      }
    }
    return new WholeDocument(leaves, received, conflicts);
  }

  private static Leaf kept(
      @Nullable JsonValue local,
      HybridTimestamp clock,
      @Nullable Leaf leaf,
      HybridTimestamp storedEdit,
      HybridTimestamp commit) {
    boolean later = clock.isAfter(storedEdit);
    if (local == null) {
      return Leaf.removed(later ? clock : commit, commit, leaf);
    }
    return later ? Leaf.of(local, clock, commit) : Leaf.made(local, storedEdit, commit);
  }

  private static HybridTimestamp clock(ClientCopy copy, LeafPath path) {
    return copy.clocks().at(path).map(EditClocks.Effective::clock).orElse(HybridTimestamp.ZERO);
  }
}
