package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.BaseView.Known;
import dev.landfall.engine.merge.BaseView.Seen;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads out of a client's copy which leaves it has edited. A copy holds much that it only received,
 * that it sends for the second time, or that stands under a clock from above; none of that is an
 * edit.
 */
final class CopyEdits {
  private final Document stored;
  private final History history;
  private final BaseView base;
  private final ClientCopy copy;
  private final List<LeafEdit> edits = new ArrayList<>();
  private final List<LeafPath> behind = new ArrayList<>();

  private CopyEdits(Document stored, History history, BaseView base, ClientCopy copy) {
    this.stored = stored;
    this.history = history;
    this.base = base;
    this.copy = copy;
  }

  /**
   * The edits of {@code copy}.
   *
   * @param base the common ancestor of both
   */
  static CopyEdits of(Document stored, History history, BaseView base, ClientCopy copy) {
    CopyEdits all = new CopyEdits(stored, history, base, copy);
    Set<LeafPath> paths = new LinkedHashSet<>(copy.leaves().keySet());
    paths.addAll(stored.leaves().keySet());
    paths.addAll(copy.clocks().withoutValue(copy.leaves().keySet()));
    for (LeafPath path : paths) {
      all.clock(path).ifPresent(clock -> all.read(path, clock));
    }
    return all;
  }

  /** The edits of a copy of a deleted document, those known before under the clock that counts. */
  static List<LeafEdit> withReplays(
      Document stored, History history, BaseView base, ClientCopy copy) {
    CopyEdits all = new CopyEdits(stored, history, base, copy);
    Set<LeafPath> paths = new LinkedHashSet<>(copy.leaves().keySet());
    paths.addAll(copy.clocks().withoutValue(copy.leaves().keySet()));
    List<LeafEdit> edits = new ArrayList<>();
    for (LeafPath path : paths) {
      all.clock(path)
          .ifPresent(
              clock -> {
                JsonValue value = copy.leaves().get(path);
                Known known = base.known(path, value, clock);
                edits.add(new LeafEdit(path, value, known.clock(), known.seen()));
              });
    }
    return edits;
  }

  /** In the order of the copy, removals last. */
  List<LeafEdit> edits() {
    return edits;
  }

  /** Leaves that were edited under a clock which is too old to count. */
  List<LeafPath> behind() {
    return behind;
  }

  /** The clock under which the client may have edited a leaf. */
  private Optional<HybridTimestamp> clock(LeafPath path) {
    JsonValue value = copy.leaves().get(path);
    if (value == null && copy.clocks().isBranch(path)) {
      return copy.clocks().isReplaced(path)
          ? copy.clocks().exactlyAt(path).map(EditClocks.Effective::clock)
          : Optional.empty();
    }
    Optional<EditClocks.Effective> clock = copy.clocks().at(path);
    if (clock.isEmpty() && isLastCopy(path, value)) {
      return Optional.of(HybridTimestamp.ZERO);
    }
    if (clock.isPresent() && clock.get().coarse() && !isEditedBelow(path, value, clock.get())) {
      clock = copy.clocks().exactlyAt(path);
    }
    return clock.map(EditClocks.Effective::clock);
  }

  /**
   * Whether a server that has lost what it had is sent a leaf of which it knows nothing. The client
   * may hold the last copy of it; when it was written nobody says.
   */
  private boolean isLastCopy(LeafPath path, @Nullable JsonValue value) {
    return copy.lastOfItsKind() && value != null && stored.at(path).isEmpty();
  }

  /**
   * A clock from above the leaf does not say that this leaf was edited; a difference to the base
   * does. Where the base is not known, absence says nothing, and neither does the value that is
   * there already.
   */
  private boolean isEditedBelow(
      LeafPath path, @Nullable JsonValue value, EditClocks.Effective clock) {
    if (value == null) {
      return base.value(path) != null;
    }
    if (base.isKnown(path)) {
      return !value.equals(base.value(path));
    }
    Leaf leaf = stored.leaves().get(path);
    return clock.clock().isAfter(copy.base()) && (leaf == null || !value.equals(leaf.value()));
  }

  private void read(LeafPath path, HybridTimestamp clock) {
    JsonValue value = copy.leaves().get(path);
    Leaf leaf = stored.at(path).orElse(null);
    if (clock.isZero() && isLastCopy(path, value)) {
      edits.add(new LeafEdit(path, value, clock, Seen.NEW));
      return;
    }
    boolean saysWhen = leaf != null && leaf.isOfUnknownAge() && !clock.isZero();
    if (!clock.isAfter(copy.base()) && !saysWhen) {
      if (leaf != null && !clock.isAfter(HybridTimestamp.later(leaf.wire(), leaf.edit()))) {
        passOver(path, value, leaf);
        return;
      }
      if (base.isKnown(path) && Objects.equals(value, base.value(path))) {
        return; // what the client was told, under a clock of its own that it has kept
      }
    }
    if (value == null && (leaf == null || leaf.isRemoved())) {
      edits.add(new LeafEdit(path, null, clock, Seen.NEW)); // raises the clock of the removal
      return;
    }
    Known known = base.known(path, value, clock);
    boolean isThere = leaf != null && Objects.equals(value, leaf.value());
    if (known.seen() == Seen.NEW || (known.seen() != Seen.REPLAY && leaf != null && !isThere)) {
      edits.add(new LeafEdit(path, value, known.clock(), known.seen()));
    }
  }

  /**
   * A clock that is not above the base is not of an edit made from it. If the value is nothing that
   * the document has ever been told, it is one all the same, of a device that does not follow the
   * clock.
   */
  private void passOver(LeafPath path, @Nullable JsonValue value, Leaf leaf) {
    boolean oldNews =
        value == null
            || value.equals(leaf.value())
            || (base.isKnown(path) && value.equals(base.value(path)))
            || BaseView.hasHad(history, path, value);
    if (!oldNews) {
      behind.add(path);
    }
  }
}
