package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.DeviceNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The document as it was when the client last heard of it, and what has become of that client's own
 * edits since: the true common ancestor of the two copies, leaf by leaf.
 */
final class BaseView {
  /** What is known of an edit that arrives. */
  enum Seen {
    /** It is new. */
    NEW,
    /** This very edit has been stored or merged before. */
    REPLAY,
    /**
     * The same device brought this value before, under another clock, and it was stored or merged.
     */
    STAMPED_AGAIN,
    /** The same device brought this value before, under this clock or another, and it lost. */
    LOST_BEFORE
  }

  /** For which leaves the server itself knows the value at the base. */
  private enum Extent {
    /** For all: the history reaches back to it. */
    ALL,
    /** For all: there was nothing yet. */
    EMPTY,
    /** For those that did not change, or only in what is left of the history. */
    SOME,
    /** For none: the base is not one of this server's. */
    NONE
  }

  private final Document stored;
  private final HybridTimestamp base;
  private final List<HistoryEntry> since;
  private final Map<LeafPath, Optional<Leaf>> undone = new HashMap<>();

  /** The leaves whose values at the base were too large to be kept for so long. */
  private final Set<LeafPath> forgotten = new HashSet<>();

  private final Extent extent;
  private final @Nullable Map<LeafPath, JsonValue> told;

  /** Clocks of the same device, whatever node they name. */
  private final Set<HybridTimestamp> own;

  private final History history;

  private BaseView(
      Document stored,
      HybridTimestamp base,
      List<HistoryEntry> since,
      Extent extent,
      @Nullable Map<LeafPath, JsonValue> told,
      Set<HybridTimestamp> own,
      History history) {
    this.own = own;
    this.history = history;
    this.stored = stored;
    this.base = base;
    this.since = since;
    this.extent = extent;
    this.told = told;
    for (HistoryEntry entry : since) {
      undone.putAll(entry.previous());
      forgotten.removeAll(entry.previous().keySet());
      forgotten.addAll(entry.forgotten());
      undone.keySet().removeAll(entry.forgotten());
    }
  }

  static BaseView of(Document stored, History history, ClientCopy copy) {
    History.Since since = history.after(copy.base());
    if (copy.base().isZero() && !copy.baseLost()) {
      return new BaseView(
          stored, copy.base(), since.entries(), Extent.EMPTY, null, copy.before(), history);
    }
    if (since.complete() && !copy.baseLost()) {
      return new BaseView(
          stored, copy.base(), since.entries(), Extent.ALL, null, copy.before(), history);
    }
    Map<LeafPath, JsonValue> told = copy.baseFields().map(Leaves::of).orElse(null);
    Extent extent = copy.baseLost() ? Extent.NONE : Extent.SOME;
    return new BaseView(stored, copy.base(), since.entries(), extent, told, copy.before(), history);
  }

  /** Whether it is known what a leaf was at the base, if it was there at all. */
  boolean isKnown(LeafPath path) {
    return told != null || isKnownHere(path);
  }

  /**
   * Whether the server knows by itself. A history that does not reach back to the base still does
   * for a leaf if the oldest state of it that is left was committed no later than the base.
   */
  private boolean isKnownHere(LeafPath path) {
    if (forgotten.contains(path)) {
      return false;
    }
    return switch (extent) {
      case ALL, EMPTY -> true;
      case SOME -> oldest(path).map(leaf -> !leaf.commit().isAfter(base)).orElse(true);
      case NONE -> false;
    };
  }

  /** The oldest known state of a leaf that is not before the base; empty if it was not there. */
  private Optional<Leaf> oldest(LeafPath path) {
    Optional<Leaf> before = undone.get(path);
    return before != null ? before : Optional.ofNullable(stored.leaves().get(path));
  }

  /** The value of a leaf at the base; null if there was none, or it is not known. */
  @Nullable JsonValue value(LeafPath path) {
    if (extent == Extent.EMPTY) {
      return null;
    }
    if (isKnownHere(path)) {
      return oldest(path).map(Leaf::value).orElse(null);
    }
    return told == null ? null : told.get(path);
  }

  /**
   * What the client's edit of a leaf was made from, as far as it is in the stored value too: the
   * latest value of the same device that has been stored or merged since the base, else the value
   * at the base.
   */
  ValueMerge.Base ancestor(LeafPath path, HybridTimestamp edit) {
    Leaf state = stored.leaves().get(path);
    HybridTimestamp latest = HybridTimestamp.ZERO; // what was overtaken on its way came in later
    ValueMerge.Base ancestor = null;
    for (HistoryEntry entry : since) {
      Received received = entry.received().get(path);
      if (received != null
          && received.merged()
          && earlierOfDevice(received.clock(), edit)
          && received.clock().isAfter(latest)) {
        latest = received.clock();
        ancestor = new ValueMerge.Base(true, received.value());
      }
      if (entry.forgotten().contains(path)) {
        break;
      }
      Optional<Leaf> before = entry.previous().get(path);
      if (before != null) {
        if (state != null
            && state.commit().equals(entry.commit())
            && earlierOfDevice(state.wire(), edit)
            && state.wire().isAfter(latest)) {
          latest = state.wire();
          ancestor = new ValueMerge.Base(true, state.value());
        }
        state = before.orElse(null);
      }
    }
    if (ancestor != null && !arrivedBefore(path, edit).isAfter(latest)) {
      return ancestor;
    }
    return new ValueMerge.Base(isKnown(path), value(path));
  }

  /** The latest edit of the device before {@code edit} that the base holds; zero for none. */
  private HybridTimestamp arrivedBefore(LeafPath path, HybridTimestamp edit) {
    List<HistoryEntry> entries = history.entries();
    HybridTimestamp latest = arrived(oldest(path), edit);
    for (HistoryEntry entry : entries.subList(since.size(), entries.size())) {
      Received received = entry.received().get(path);
      if (received != null && received.merged() && earlierOfDevice(received.clock(), edit)) {
        latest = HybridTimestamp.later(latest, received.clock());
      }
      Optional<Leaf> before = entry.previous().getOrDefault(path, Optional.empty());
      latest = HybridTimestamp.later(latest, arrived(before, edit));
    }
    return latest;
  }

  private HybridTimestamp arrived(Optional<Leaf> leaf, HybridTimestamp edit) {
    return leaf.map(Leaf::wire)
        .filter(clock -> earlierOfDevice(clock, edit))
        .orElse(HybridTimestamp.ZERO);
  }

  /**
   * Whether a later edit of the same device has been stored or merged since the base: it was made
   * from this one, which its request has overtaken, and holds it.
   */
  boolean isOvertaken(LeafPath path, HybridTimestamp edit) {
    if (overtakes(stored.leaves().get(path), edit)) {
      return true;
    }
    for (HistoryEntry entry : since) {
      Received received = entry.received().get(path);
      if (received != null && received.merged() && earlierOfDevice(edit, received.clock())) {
        return true;
      }
      if (overtakes(entry.previous().getOrDefault(path, Optional.empty()).orElse(null), edit)) {
        return true;
      }
    }
    return false;
  }

  private boolean overtakes(@Nullable Leaf leaf, HybridTimestamp edit) {
    return leaf != null && leaf.commit().isAfter(base) && earlierOfDevice(edit, leaf.wire());
  }

  /**
   * What is known of an edit.
   *
   * @param clock the one that counts: that of the first stamp, if it has been stamped again
   */
  record Known(Seen seen, HybridTimestamp clock) {}

  /** Whether an edit, a null value being a removal, has been here before. */
  Known known(LeafPath path, @Nullable JsonValue value, HybridTimestamp edit) {
    HybridTimestamp change = lastChange(path, value, edit);
    Known result = new Known(Seen.NEW, edit);
    Leaf now = stored.leaves().get(path);
    if (now != null && Objects.equals(now.value(), value)) {
      if (now.wire().equals(edit)) {
        return new Known(Seen.REPLAY, edit);
      }
      if (isStampedAgain(now, edit, change)) {
        result = new Known(Seen.STAMPED_AGAIN, now.wire());
      }
    }
    for (HistoryEntry entry : since) {
      Received received = entry.received().get(path);
      if (received != null && Objects.equals(received.value(), value)) {
        if (received.clock().equals(edit)) {
          return new Known(received.merged() ? Seen.REPLAY : Seen.LOST_BEFORE, edit);
        }
        if (mayStampAgain()
            && isOfDevice(received.clock(), edit)
            && received.clock().isAfter(change)) {
          Seen seen = received.merged() ? Seen.STAMPED_AGAIN : Seen.LOST_BEFORE;
          result = new Known(seen, received.clock());
        }
      }
      Leaf before = entry.previous().getOrDefault(path, Optional.empty()).orElse(null);
      if (before != null && Objects.equals(before.value(), value)) {
        if (before.wire().equals(edit)) {
          return new Known(Seen.REPLAY, edit);
        }
        if (isStampedAgain(before, edit, change)) {
          result = new Known(Seen.STAMPED_AGAIN, before.wire());
        }
      }
    }
    return result;
  }

  /**
   * Whether the device may have stamped an edit again for want of an answer. One that goes by a
   * state which this server has lost has had answers: what it had in between is lost, and the same
   * value under a later clock is one that it went back to.
   */
  private boolean mayStampAgain() {
    return extent != Extent.NONE;
  }

  private boolean isStampedAgain(Leaf leaf, HybridTimestamp edit, HybridTimestamp change) {
    return mayStampAgain()
        && earlierOfDevice(leaf.wire(), edit)
        && leaf.commit().isAfter(base)
        && leaf.wire().isAfter(change);
  }

  /**
   * Whether a document has had a value in a place, or been sent it: then it is old news, and not an
   * edit that has been passed over.
   */
  static boolean hasHad(History history, LeafPath path, @Nullable JsonValue value) {
    for (HistoryEntry entry : history.entries()) {
      Received received = entry.received().get(path);
      Optional<Leaf> before = entry.previous().get(path);
      if ((received != null && Objects.equals(received.value(), value))
          || (before != null && Objects.equals(before.map(Leaf::value).orElse(null), value))) {
        return true;
      }
    }
    return false;
  }

  /**
   * When the device of an edit last had another value there than {@code value}, as far as it
   * brought it: what comes after that under the same value is a new edit, and not the one before it
   * stamped again.
   */
  private HybridTimestamp lastChange(
      LeafPath path, @Nullable JsonValue value, HybridTimestamp edit) {
    HybridTimestamp last = changed(stored.leaves().get(path), value, edit);
    for (HistoryEntry entry : since) {
      Received received = entry.received().get(path);
      if (received != null
          && !Objects.equals(received.value(), value)
          && earlierOfDevice(received.clock(), edit)) {
        last = HybridTimestamp.later(last, received.clock());
      }
      Leaf before = entry.previous().getOrDefault(path, Optional.empty()).orElse(null);
      last = HybridTimestamp.later(last, changed(before, value, edit));
    }
    return last;
  }

  private HybridTimestamp changed(
      @Nullable Leaf leaf, @Nullable JsonValue value, HybridTimestamp edit) {
    return leaf != null
            && !Objects.equals(leaf.value(), value)
            && earlierOfDevice(leaf.wire(), edit)
        ? leaf.wire()
        : HybridTimestamp.ZERO;
  }

  private boolean earlierOfDevice(HybridTimestamp earlier, HybridTimestamp edit) {
    return isOfDevice(earlier, edit) && edit.isAfter(earlier);
  }

  /** Whether another edit comes from the device of {@code edit}. */
  boolean isOfDevice(HybridTimestamp other, HybridTimestamp edit) {
    return own.contains(other) || DeviceNode.isSame(other, edit);
  }
}
