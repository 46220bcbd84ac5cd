package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.LeafMerge.Contest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a client is told of a merge, made from what is stored in the end. */
final class ConflictReport {
  private final Document stored;
  private final ClientCopy copy;
  private final Set<LeafPath> edited;
  private final Map<LeafPath, Leaf> joined;
  private final Map<LeafPath, Leaf> result;
  private final List<Conflict> conflicts = new ArrayList<>();

  /**
   * A report.
   *
   * @param edited the leaves that the copy has edited
   * @param joined the leaves after the edits, before some lost their place; empty if none did
   * @param result the leaves as they are stored
   */
  ConflictReport(
      Document stored,
      ClientCopy copy,
      Set<LeafPath> edited,
      Map<LeafPath, Leaf> joined,
      Map<LeafPath, Leaf> result) {
    this.stored = stored;
    this.copy = copy;
    this.edited = edited;
    this.joined = joined;
    this.result = result;
  }

  List<Conflict> of(List<Contest> contests) {
    contests.forEach(this::contested);
    clashes().forEach(this::clash);
    joined.forEach(this::lostToWhatIsGone);
    return conflicts;
  }

  private void contested(Contest contest) {
    LeafEdit edit = contest.edit();
    JsonValue remote = contest.remote().value();
    JsonValue now = value(edit.path());
    if (contest.merged().isPresent() && contest.merged().get().value().equals(now)) {
      ValueMerge.Merged merged = contest.merged().get();
      Winner winner = Winner.AUTO_MERGED;
      if (LeafMerge.isChoice(merged)) {
        winner = merged.value().equals(edit.value()) ? Winner.LOCAL : Winner.REMOTE;
      }
      add(edit, contest.remote(), winner, now, Optional.of(merged.strategy()));
    } else if (contest.merged().isPresent() || !Objects.equals(edit.value(), remote)) {
      Winner winner = Objects.equals(now, edit.value()) ? Winner.LOCAL : Winner.REMOTE;
      add(edit, contest.remote(), winner, now, Optional.empty());
    }
  }

  private void add(
      LeafEdit edit,
      Leaf remote,
      Winner winner,
      @Nullable JsonValue now,
      Optional<String> strategy) {
    conflicts.add(
        new Conflict(
            edit.path().text(),
            edit.clock(),
            remote.edit(),
            edit.value(),
            remote.value(),
            winner,
            now,
            strategy));
  }

  /** What is stored in a place: a leaf, or the object made of what is below it. */
  private @Nullable JsonValue value(LeafPath path) {
    Leaf leaf = result.get(path);
    if (leaf != null && leaf.value() != null) {
      return leaf.value();
    }
    Map<LeafPath, JsonValue> below = new LinkedHashMap<>();
    String prefix = path.text() + ".";
    result.forEach(
        (other, one) -> {
          if (one.value() != null && other.text().startsWith(prefix)) {
            below.put(new LeafPath(other.text().substring(prefix.length())), one.value());
          }
        });
    return below.isEmpty() ? null : Leaves.join(below);
  }

  private boolean isLive(LeafPath path) {
    Leaf leaf = result.get(path);
    return leaf != null && !leaf.isRemoved();
  }

  /** The values that came to stand above others, with those. */
  private Map<LeafPath, List<LeafPath>> clashes() {
    Map<LeafPath, List<LeafPath>> clashes = new TreeMap<>();
    joined.forEach(
        (path, leaf) -> {
          if (!leaf.isRemoved()) {
            for (LeafPath ancestor : path.ancestors()) {
              Leaf above = joined.get(ancestor);
              if (above != null && !above.isRemoved()) {
                clashes.computeIfAbsent(ancestor, top -> new ArrayList<>()).add(path);
              }
            }
          }
        });
    return clashes;
  }

  private void clash(LeafPath path, List<LeafPath> below) {
    boolean topIsNew = edited.contains(path) && copy.leaves().containsKey(path);
    if (!(topIsNew ? below : List.of(path)).stream().anyMatch(this::isUnknownToClient)) {
      return;
    }
    Map<LeafPath, JsonValue> subtree = new LinkedHashMap<>();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (LeafPath child : below) {
      Leaf leaf = Objects.requireNonNull(joined.get(child));
      LeafPath within = new LeafPath(child.text().substring(path.text().length() + 1));
      subtree.put(within, Objects.requireNonNull(leaf.value()));
      latest = HybridTimestamp.later(latest, leaf.edit());
    }
    Leaf top = Objects.requireNonNull(joined.get(path));
    JsonValue branch = Leaves.join(subtree);
    boolean topSurvives = isLive(path);
    // the clash says what became of the leaf itself too, but for a removal of it by somebody else
    for (Conflict leaf : List.copyOf(conflicts)) {
      if (leaf.field().equals(path.text()) && leaf.remoteValue() != null) {
        conflicts.remove(leaf);
        latest = topIsNew ? latest : HybridTimestamp.later(latest, leaf.localRevision());
      }
    }
    conflicts.add(
        new Conflict(
            path.text(),
            topIsNew ? top.edit() : latest,
            topIsNew ? latest : top.edit(),
            topIsNew ? top.value() : branch,
            topIsNew ? branch : top.value(),
            topIsNew == topSurvives ? Winner.LOCAL : Winner.REMOTE,
            value(path),
            Optional.empty()));
  }

  /** Whether the server's side of a clash was edited without the client's knowledge. */
  private boolean isUnknownToClient(LeafPath path) {
    Leaf leaf = stored.leaves().get(path);
    boolean broughtIt =
        edited.contains(path)
            && leaf != null
            && Objects.equals(leaf.value(), copy.leaves().get(path));
    return leaf != null && !leaf.isRemoved() && !broughtIt && leaf.commit().isAfter(copy.base());
  }

  /** A value without a place, because of one that came later and has been removed since. */
  private void lostToWhatIsGone(LeafPath path, Leaf lost) {
    if (lost.isRemoved() || isLive(path) || isReported(path)) {
      return;
    }
    LeafPath by = removedDisplacer(path, lost);
    if (by == null) {
      return;
    }
    Leaf later = Objects.requireNonNull(joined.get(by));
    if (!Objects.equals(lost.value(), stored.values().get(path))) {
      if (edited.contains(path) && later.commit().isAfter(copy.base()) && !isReported(by)) {
        conflicts.add(
            new Conflict(
                path.text(),
                lost.edit(),
                later.edit(),
                lost.value(),
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
              lost.value(),
              Winner.LOCAL,
              null,
              Optional.empty()));
    }
  }

  private boolean isReported(LeafPath path) {
    return conflicts.stream().anyMatch(conflict -> conflict.field().equals(path.text()));
  }

  private @Nullable LeafPath removedDisplacer(LeafPath path, Leaf lost) {
    LeafPath strongest = null;
    HybridTimestamp clock = lost.edit();
    for (Map.Entry<LeafPath, Leaf> other : joined.entrySet()) {
      boolean related =
          path.ancestors().contains(other.getKey()) || other.getKey().ancestors().contains(path);
      if (related && other.getValue().written().compareTo(clock) >= 0) {
        strongest = other.getKey();
        clock = other.getValue().written();
      }
    }
    return strongest != null && Objects.requireNonNull(joined.get(strongest)).isRemoved()
        ? strongest
        : null;
  }
}
