package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.BaseView.Seen;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeOutcome.Effect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One merge of a live document with a client's copy, leaf by leaf. Used once, by one thread. */
final class LeafMerge {
  /**
   * How many leaves, removed ones included, a document may come to have by removals of what it
   * never had.
   */
  private static final int MAX_LEAVES = 20_000;

  private final Document stored;
  private final BaseView base;
  private final ClientCopy copy;
  private final MergeRules rules;
  private final HybridTimestamp commit;

  private final Map<LeafPath, Leaf> leaves;
  private final Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
  private final Map<LeafPath, Received> received = new LinkedHashMap<>();
  private final List<Conflict> conflicts = new ArrayList<>();
  private final Set<LeafPath> edited = new LinkedHashSet<>();
  private boolean visible;
  private boolean invisible;
  private boolean displaces;

  LeafMerge(
      Document stored, BaseView base, ClientCopy copy, MergeRules rules, HybridTimestamp commit) {
    this.stored = stored;
    this.base = base;
    this.copy = copy;
    this.rules = rules;
    this.commit = commit;
    this.leaves = new LinkedHashMap<>(stored.leaves());
  }

  MergeOutcome outcome(long wallMillis) {
    for (LeafPath path : candidates()) {
      Optional<EditClocks.Effective> clock = copy.clocks().at(path);
      if (clock.isPresent()) {
        mergeLeaf(path, clock.get());
      }
    }
    if (visible || displaces) {
      separateLeavesAndBranches();
      validate();
      boolean changed = !values(leaves).equals(stored.values());
      invisible |= !changed;
      visible = changed;
    }
    if (!visible && !invisible) {
      return new MergeOutcome(Optional.of(stored), Effect.NONE, Optional.empty(), conflicts);
    }
    HistoryEntry entry =
        new HistoryEntry(
            commit,
            false,
            false,
            previous,
            Optional.empty(),
            received,
            received.isEmpty() && !visible ? List.of() : DocumentMerge.json(conflicts));
    Document document =
        new Document(
            stored.id(),
            visible ? commit : stored.revision(),
            leaves,
            Optional.empty(),
            visible ? stored.index().updatedAt(wallMillis) : stored.index());
    return new MergeOutcome(
        Optional.of(document),
        visible ? Effect.REVISION : Effect.RECORD,
        entry.isEmpty() ? Optional.empty() : Optional.of(entry),
        conflicts);
  }

  private Collection<LeafPath> candidates() {
    Set<LeafPath> paths = new LinkedHashSet<>(copy.leaves().keySet());
    paths.addAll(stored.leaves().keySet());
    paths.addAll(copy.clocks().withoutValue(copy.leaves().keySet()));
    return paths;
  }

  private void mergeLeaf(LeafPath path, EditClocks.Effective clock) {
    JsonValue value = copy.leaves().get(path);
    if (value == null) {
      if (!copy.clocks().isBranch(path)) {
        mergeRemoval(path, clock);
      }
      return;
    }
    Leaf leaf = stored.leaves().get(path);
    if (leaf != null && value.equals(leaf.value()) && !countsToo(path, value, clock, leaf)) {
      edited.add(path);
      remember(path, value, clock, leaf);
      return;
    }
    EditClocks.Effective counting = clock;
    if (clock.coarse() && !coarselyEdited(path, value, clock.clock())) {
      Optional<EditClocks.Effective> own = copy.clocks().exactlyAt(path);
      if (own.isEmpty()) {
        return;
      }
      counting = own.get();
    }
    resolve(path, value, counting.clock(), leaf);
  }

  /**
   * An edit to the value that is there already stores nothing, but it has been here: when somebody
   * else has changed the value since, the same request again must not change it back.
   */
  private void remember(LeafPath path, JsonValue value, EditClocks.Effective clock, Leaf leaf) {
    HybridTimestamp edit = clock.clock();
    if (!clock.coarse()
        && !edit.equals(leaf.edit())
        && edit.isAfter(copy.base())
        && base.seen(path, value, edit) == Seen.NEW) {
      received.put(path, new Received(value, edit, true));
      invisible = true;
    }
  }

  /**
   * Whether an equal value is another increment of a counter: two devices that count to the same
   * number counted twice.
   */
  private boolean countsToo(LeafPath path, JsonValue value, EditClocks.Effective clock, Leaf leaf) {
    return rules.strategies().at(path).equals(Optional.of(MergeStrategy.COUNTER))
        && clock.clock().isAfter(copy.base())
        && !clock.clock().equals(leaf.edit())
        && editedByServer(leaf, clock.clock())
        && base.seen(path, value, clock.clock()) == Seen.NEW
        && (!clock.coarse() || coarselyEdited(path, value, clock.clock()));
  }

  /**
   * A clock from above the leaf does not say that this leaf was edited; a difference to the base
   * does.
   */
  private boolean coarselyEdited(LeafPath path, JsonValue value, HybridTimestamp edit) {
    return base.isKnown(path) ? !value.equals(base.value(path)) : edit.isAfter(copy.base());
  }

  private void mergeRemoval(LeafPath path, EditClocks.Effective effective) {
    EditClocks.Effective clock = effective;
    if (clock.coarse() && base.value(path) == null) {
      clock = copy.clocks().exactlyAt(path).orElse(clock);
    }
    if (clock.coarse() && base.value(path) == null) {
      return;
    }
    Leaf leaf = stored.leaves().get(path);
    if (leaf == null || leaf.isRemoved()) {
      boolean later = leaf == null || clock.clock().isAfter(leaf.edit());
      if (later && (leaf != null || leaves.size() < MAX_LEAVES)) {
        leaves.put(path, Leaf.removed(clock.clock(), commit, leaf));
        remember(path, leaf);
        invisible = true;
      }
      return;
    }
    resolve(path, null, clock.clock(), leaf);
  }

  /** A value that differs from the stored one, and a clock that may make it an edit. */
  private void resolve(
      LeafPath path, @Nullable JsonValue value, HybridTimestamp edit, @Nullable Leaf leaf) {
    HybridTimestamp storedEdit = leaf == null ? HybridTimestamp.ZERO : leaf.edit();
    if (!edit.isAfter(storedEdit) && !edit.isAfter(copy.base())) {
      return;
    }
    if (!edit.isAfter(copy.base())
        && base.isKnown(path)
        && java.util.Objects.equals(value, base.value(path))) {
      return; // what the client was told, under a clock of its own that it has kept
    }
    Seen seen = base.seen(path, value, edit);
    if (seen == Seen.REPLAY || (leaf == null && seen == Seen.LOST_BEFORE)) {
      return;
    }
    if (leaf == null || !editedByServer(leaf, edit)) {
      if (seen == Seen.NEW || edit.isAfter(storedEdit)) {
        edited.add(path);
        store(path, value, edit);
      }
      return;
    }
    if (seen != Seen.NEW) {
      conflict(path, edit, leaf, value, Winner.REMOTE, leaf.value(), Optional.empty());
      return;
    }
    edited.add(path);
    decide(path, value, edit, leaf);
  }

  private boolean editedByServer(Leaf leaf, HybridTimestamp edit) {
    return leaf.commit().isAfter(copy.base())
        && !(BaseView.sameDevice(leaf.edit(), edit) && edit.isAfter(leaf.edit()));
  }

  private void decide(LeafPath path, @Nullable JsonValue value, HybridTimestamp edit, Leaf leaf) {
    JsonValue remote = leaf.value();
    if (value != null && remote != null) {
      Optional<ValueMerge.Merged> merged =
          ValueMerge.merge(rules.strategies().at(path), base.ancestor(path, edit), value, remote);
      if (merged.isPresent()) {
        ValueMerge.Merged result = merged.get();
        boolean contained = !isChoice(result) && base.isOvertaken(path, edit);
        takeMerged(path, value, edit, leaf, remote, contained ? result.with(remote) : result);
        return;
      }
    }
    boolean local = edit.isAfter(leaf.edit()) || (edit.equals(leaf.edit()) && !leaf.isRemoved());
    if (local) {
      store(path, value, edit);
    } else {
      received.put(path, new Received(value, edit, false));
      invisible = true;
      if (leaf.isRemoved() && value != null && edit.isAfter(leaf.written())) {
        leaves.put(path, new Leaf(null, leaf.edit(), leaf.commit(), edit));
        displaces = true;
      }
    }
    conflict(
        path,
        edit,
        leaf,
        value,
        local ? Winner.LOCAL : Winner.REMOTE,
        local ? value : remote,
        Optional.empty());
  }

  private void takeMerged(
      LeafPath path,
      JsonValue value,
      HybridTimestamp edit,
      Leaf leaf,
      JsonValue remote,
      ValueMerge.Merged merged) {
    Winner winner = Winner.AUTO_MERGED;
    if (isChoice(merged)) {
      winner = merged.value().equals(value) ? Winner.LOCAL : Winner.REMOTE;
    }
    if (merged.value().equals(remote)) {
      received.put(path, new Received(value, edit, true));
      invisible = true;
    } else if (merged.value().equals(value)) {
      boolean later = edit.isAfter(leaf.edit());
      if (!later) {
        received.put(path, new Received(value, edit, true));
      }
      store(path, value, later ? edit : commit);
    } else {
      received.put(path, new Received(value, edit, true));
      store(path, merged.value(), commit);
    }
    conflict(path, edit, leaf, value, winner, merged.value(), Optional.of(merged.strategy()));
  }

  private static boolean isChoice(ValueMerge.Merged merged) {
    return merged.strategy().equals("max") || merged.strategy().equals("min");
  }

  private void store(LeafPath path, @Nullable JsonValue value, HybridTimestamp edit) {
    remember(path, stored.leaves().get(path));
    Leaf before = stored.leaves().get(path);
    leaves.put(
        path, value == null ? Leaf.removed(edit, commit, before) : Leaf.of(value, edit, commit));
    visible = true;
  }

  private void remember(LeafPath path, @Nullable Leaf before) {
    previous.putIfAbsent(path, Optional.ofNullable(before));
  }

  private void conflict(
      LeafPath path,
      HybridTimestamp edit,
      Leaf leaf,
      @Nullable JsonValue value,
      Winner winner,
      @Nullable JsonValue winnerValue,
      Optional<String> strategy) {
    conflicts.add(
        new Conflict(
            path.text(), edit, leaf.edit(), value, leaf.value(), winner, winnerValue, strategy));
  }

  /**
   * A value has no place above or below one that was written later. So where a leaf has come to
   * stand above another, the later wins; and it does so in whatever order they come, with what came
   * between.
   */
  private void separateLeavesAndBranches() {
    Map<LeafPath, LeafPath> beaten = new LinkedHashMap<>();
    Map<LeafPath, List<LeafPath>> clashes = new TreeMap<>();
    for (LeafPath path : leaves.keySet()) {
      for (LeafPath ancestor : path.ancestors()) {
        Leaf below = leaf(path);
        Leaf above = leaves.get(ancestor);
        if (above == null) {
          continue;
        }
        if (!above.isRemoved() && beats(path, below, ancestor, above)) {
          beaten.put(ancestor, path);
        }
        if (!below.isRemoved() && beats(ancestor, above, path, below)) {
          beaten.put(path, ancestor);
        }
        if (!above.isRemoved() && !below.isRemoved()) {
          clashes.computeIfAbsent(ancestor, top -> new ArrayList<>()).add(path);
        }
      }
    }
    clashes.forEach(
        (path, below) -> {
          boolean topIsNew = edited.contains(path);
          if (concerned(path, below, topIsNew)) {
            structuralConflict(path, leaf(path), below, topIsNew, beaten.keySet());
          }
        });
    beaten.forEach(this::lostToWhatIsGone);
    beaten.forEach((path, by) -> remove(path, leaf(by).written()));
  }

  /** A value without a place, because of one that came later and has been removed since. */
  private void lostToWhatIsGone(LeafPath path, LeafPath by) {
    Leaf lost = leaf(path);
    Leaf later = leaf(by);
    JsonValue value = lost.value();
    if (value == null || !later.isRemoved() || isReported(path)) {
      return;
    }
    if (!value.equals(stored.values().get(path))) {
      if (edited.contains(path) && later.commit().isAfter(copy.base()) && !isReported(by)) {
        conflicts.add(
            new Conflict(
                path.text(),
                lost.edit(),
                later.edit(),
                value,
                null,
                Winner.REMOTE,
                null,
                Optional.empty()));
      }
    } else if (!edited.contains(path) && lost.commit().isAfter(copy.base())) {
      conflicts.add(
          new Conflict(
              path.text(),
              later.written(),
              lost.edit(),
              null,
              value,
              Winner.LOCAL,
              null,
              Optional.empty()));
    }
  }

  private boolean isReported(LeafPath path) {
    return conflicts.stream().anyMatch(conflict -> conflict.field().equals(path.text()));
  }

  private boolean beats(LeafPath path, Leaf leaf, LeafPath other, Leaf than) {
    int order = leaf.written().compareTo(than.edit());
    return order > 0
        || (order == 0 && !leaf.isRemoved() && edited.contains(path) && !edited.contains(other));
  }

  private Leaf leaf(LeafPath path) {
    return Objects.requireNonNull(leaves.get(path));
  }

  /** Whether the server's side of a clash was edited without the client's knowledge. */
  private boolean concerned(LeafPath path, List<LeafPath> below, boolean topIsNew) {
    List<LeafPath> theirs = topIsNew ? below : List.of(path);
    for (LeafPath candidate : theirs) {
      Leaf leaf = stored.leaves().get(candidate);
      if (leaf != null
          && !leaf.isRemoved()
          && !(edited.contains(candidate)
              && Objects.equals(leaf.value(), copy.leaves().get(candidate)))
          && leaf.commit().isAfter(copy.base())) {
        return true;
      }
    }
    return false;
  }

  private void structuralConflict(
      LeafPath path, Leaf top, List<LeafPath> below, boolean topIsNew, Set<LeafPath> beaten) {
    boolean topSurvives = !beaten.contains(path);
    Map<LeafPath, JsonValue> subtree = new LinkedHashMap<>();
    Map<LeafPath, JsonValue> surviving = new LinkedHashMap<>();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (LeafPath child : below) {
      Leaf leaf = leaves.get(child);
      if (leaf != null && leaf.value() != null) {
        LeafPath within = new LeafPath(child.text().substring(path.text().length() + 1));
        subtree.put(within, leaf.value());
        if (!beaten.contains(child)) {
          surviving.put(within, leaf.value());
        }
        latest = HybridTimestamp.later(latest, leaf.edit());
      }
    }
    JsonValue branch = Leaves.join(subtree);
    JsonValue local = topIsNew ? top.value() : branch;
    JsonValue remote = topIsNew ? branch : top.value();
    Winner winner = topIsNew == topSurvives ? Winner.LOCAL : Winner.REMOTE;
    conflicts.removeIf(conflict -> conflict.field().equals(path.text()));
    conflicts.add(
        new Conflict(
            path.text(),
            topIsNew ? top.edit() : latest,
            topIsNew ? latest : top.edit(),
            local,
            remote,
            winner,
            topSurvives ? top.value() : Leaves.join(surviving),
            Optional.empty()));
  }

  private void remove(LeafPath path, HybridTimestamp edit) {
    Leaf now = leaves.get(path);
    if (now != null && now.value() != null && edited.contains(path)) {
      received.put(path, new Received(now.value(), now.edit(), false));
    }
    remember(path, stored.leaves().get(path));
    leaves.put(path, Leaf.removed(edit, commit, now));
  }

  /**
   * Two acceptable copies can merge into one that is not; then the side with the later edit is kept
   * whole.
   */
  private void validate() {
    JsonObject merged = Leaves.join(values(leaves));
    if (merged.equals(copy.fields()) || rules.acceptable().test(merged)) {
      return;
    }
    HybridTimestamp ours = HybridTimestamp.ZERO;
    for (LeafPath path : edited) {
      HybridTimestamp clock =
          copy.clocks().at(path).map(EditClocks.Effective::clock).orElse(HybridTimestamp.ZERO);
      ours = HybridTimestamp.later(ours, clock);
    }
    HybridTimestamp theirs = HybridTimestamp.ZERO;
    for (Leaf leaf : stored.leaves().values()) {
      if (leaf.commit().isAfter(copy.base())) {
        theirs = HybridTimestamp.later(theirs, leaf.edit());
      }
    }
    boolean keepOurs = !theirs.isAfter(ours) || !rules.acceptable().test(stored.fields());
    conflicts.clear();
    Map<LeafPath, Leaf> result = new LinkedHashMap<>(stored.leaves());
    Set<LeafPath> paths = new LinkedHashSet<>(copy.leaves().keySet());
    paths.addAll(stored.leaves().keySet());
    previous.clear();
    received.clear();
    visible = false;
    for (LeafPath path : paths) {
      Leaf leaf = stored.leaves().get(path);
      JsonValue remote = leaf == null ? null : leaf.value();
      JsonValue local = copy.leaves().get(path);
      if (Objects.equals(remote, local)) {
        continue;
      }
      HybridTimestamp clock =
          copy.clocks().at(path).map(EditClocks.Effective::clock).orElse(HybridTimestamp.ZERO);
      HybridTimestamp storedEdit = leaf == null ? HybridTimestamp.ZERO : leaf.edit();
      if (keepOurs) {
        previous.put(path, Optional.ofNullable(leaf));
        HybridTimestamp edit = clock.isAfter(storedEdit) ? clock : commit;
        result.put(
            path, local == null ? Leaf.removed(edit, commit, leaf) : Leaf.of(local, edit, commit));
        visible = true;
      } else if (edited.contains(path)) {
        received.put(path, new Received(local, clock, false));
        invisible = true;
      }
      boolean editedThere = leaf != null && leaf.commit().isAfter(copy.base());
      if (keepOurs ? editedThere : edited.contains(path)) {
        Winner winner = keepOurs ? Winner.LOCAL : Winner.REMOTE;
        conflicts.add(
            new Conflict(
                path.text(),
                clock,
                storedEdit,
                local,
                remote,
                winner,
                keepOurs ? local : remote,
                Optional.of("whole-document")));
      }
    }
    leaves.clear();
    leaves.putAll(result);
  }

  private static Map<LeafPath, JsonValue> values(Map<LeafPath, Leaf> leaves) {
    Map<LeafPath, JsonValue> values = new LinkedHashMap<>();
    leaves.forEach(
        (path, leaf) -> {
          JsonValue value = leaf.value();
          if (value != null) {
            values.put(path, value);
          }
        });
    return values;
  }
}
