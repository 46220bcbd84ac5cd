package dev.landfall.engine.merge;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.document.Leaves;
import dev.landfall.engine.merge.MergeOutcome.Effect;
import dev.landfall.engine.merge.Structure.Displacement;
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
 * One merge of a living document with a client's copy. First the edits are read out of the copy;
 * then each is joined with its leaf, the later one winning; then what has lost its place above or
 * below another goes; and only what is left in the end is reported. Used once, by one thread.
 */
final class LeafMerge {
  /**
   * How many leaves, removed ones included, a document may come to have by removals of what it
   * never had.
   */
  private static final int MAX_LEAVES = 20_000;

  private final Document stored;
  private final History history;
  private final BaseView base;
  private final ClientCopy copy;
  private final MergeRules rules;
  private final HybridTimestamp commit;

  private final Map<LeafPath, Leaf> leaves;
  private final Map<LeafPath, Received> received = new LinkedHashMap<>();
  private final List<Contest> contests = new ArrayList<>();
  private final Set<LeafPath> edited = new LinkedHashSet<>();

  LeafMerge(
      Document stored, History history, ClientCopy copy, MergeRules rules, HybridTimestamp commit) {
    this.stored = stored;
    this.history = history;
    this.base = BaseView.of(stored, history, copy);
    this.copy = copy;
    this.rules = rules;
    this.commit = commit;
    this.leaves = new LinkedHashMap<>(stored.leaves());
  }

  MergeOutcome outcome(long wallMillis) {
    CopyEdits edits = CopyEdits.of(stored, history, base, copy);
    edits.edits().forEach(this::join);
    if (leaves.equals(stored.leaves()) && received.isEmpty()) {
      List<Conflict> again = report(Map.of());
      return new MergeOutcome(
          Optional.of(stored), Effect.NONE, Optional.empty(), again, edits.behind());
    }
    Map<LeafPath, Leaf> joined = new LinkedHashMap<>(leaves);
    Set<LeafPath> values = new LinkedHashSet<>(edited);
    values.retainAll(copy.leaves().keySet());
    Map<LeafPath, Displacement> displaced = Structure.displaced(leaves, values);
    displaced.forEach(this::remove);
    List<Conflict> conflicts = report(joined);
    if (!isAcceptable()) {
      WholeDocument whole = WholeDocument.of(stored, copy, edited, rules, commit);
      leaves.clear();
      leaves.putAll(whole.leaves());
      received.clear();
      received.putAll(whole.received());
      conflicts = whole.conflicts();
    }
    return outcome(conflicts, edits.behind(), wallMillis);
  }

  private MergeOutcome outcome(List<Conflict> conflicts, List<LeafPath> behind, long wallMillis) {
    boolean visible = !Document.values(leaves).equals(stored.values());
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    leaves.forEach(
        (path, leaf) -> {
          Leaf before = stored.leaves().get(path);
          if (!leaf.equals(before)) {
            previous.put(path, Optional.ofNullable(before));
          }
        });
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
            stored.deletions(),
            false,
            visible ? stored.index().updatedAt(wallMillis) : stored.index());
    return new MergeOutcome(
        Optional.of(document),
        visible ? Effect.REVISION : Effect.RECORD,
        entry.isEmpty() ? Optional.empty() : Optional.of(entry),
        conflicts,
        behind);
  }

  /** One leaf: the later of two edits is its value, or what a strategy makes of both. */
  private void join(LeafEdit edit) {
    Leaf now = stored.at(edit.path()).orElse(null);
    if (!edit.isNew()) {
      if (now != null && isContested(now, edit)) {
        contests.add(new Contest(edit, now, Optional.empty()));
      }
      return;
    }
    JsonValue value = edit.value();
    if (value == null && (now == null || now.isRemoved())) {
      removeAgain(edit, now);
    } else if (now != null && Objects.equals(value, now.value()) && !addsUp(edit, now)) {
      agree(edit, now);
    } else if (now == null || !isContested(now, edit)) {
      edited.add(edit.path());
      put(edit.path(), value, edit.clock());
    } else {
      edited.add(edit.path());
      decide(edit, now);
    }
  }

  /**
   * Whether the server has taken an edit that the client did not know, and that does not come from
   * its own device. Of a leaf that nobody has heard of yet, a deletion of the document is one only
   * if it is later.
   */
  private boolean isContested(Leaf now, LeafEdit edit) {
    boolean ownEarlier =
        base.isOfDevice(now.wire(), edit.clock()) && edit.clock().isAfter(now.edit());
    boolean onlyDeleted = !stored.leaves().containsKey(edit.path());
    return now.commit().isAfter(copy.base())
        && !ownEarlier
        && !(onlyDeleted && edit.clock().isAfter(now.edit()));
  }

  /** Two devices that count to the same number have counted twice. */
  private boolean addsUp(LeafEdit edit, Leaf now) {
    return rules.strategies().at(edit.path()).equals(Optional.of(MergeStrategy.COUNTER))
        && isContested(now, edit);
  }

  private void removeAgain(LeafEdit edit, @Nullable Leaf now) {
    boolean later = now == null || edit.clock().isAfter(now.edit());
    if (later && (leaves.containsKey(edit.path()) || leaves.size() < MAX_LEAVES)) {
      leaves.put(
          edit.path(),
          now == null ? gone(edit.path(), edit.clock()) : now.holding(edit.clock(), commit));
    }
  }

  /**
   * An edit to the value that is there already changes nothing a reader sees. It has been made all
   * the same: it stands against what is earlier, and when it comes again it is known.
   */
  private void agree(LeafEdit edit, Leaf now) {
    edited.add(edit.path());
    if (edit.clock().isAfter(copy.base()) || now.isOfUnknownAge()) {
      received.put(edit.path(), new Received(edit.value(), edit.clock(), true));
      if (edit.clock().isAfter(now.edit())) {
        leaves.put(edit.path(), now.holding(edit.clock(), commit));
      }
    }
  }

  private void decide(LeafEdit edit, Leaf now) {
    JsonValue value = edit.value();
    JsonValue remote = now.value();
    if (value != null && remote != null) {
      Optional<ValueMerge.Merged> merged =
          ValueMerge.merge(
              rules.strategies().at(edit.path()),
              base.ancestor(edit.path(), edit.clock()),
              value,
              remote);
      if (merged.isPresent()) {
        ValueMerge.Merged result = merged.get();
        boolean holdsIt = !isChoice(result) && base.isOvertaken(edit.path(), edit.clock());
        takeMerged(edit, value, now, remote, holdsIt ? result.with(remote) : result);
        return;
      }
      if (value.equals(remote)) {
        agree(edit, now);
        return;
      }
    }
    contests.add(new Contest(edit, now, Optional.empty()));
    boolean isTie = edit.clock().equals(now.edit());
    if (edit.clock().isAfter(now.edit()) || (isTie && !now.isRemoved() && !isMade(now))) {
      put(edit.path(), value, edit.clock());
      return;
    }
    received.put(edit.path(), new Received(value, edit.clock(), false));
    if (value != null && edit.clock().isAfter(now.written())) {
      leaves.put(edit.path(), now.displacing(edit.clock()));
    }
  }

  private void takeMerged(
      LeafEdit edit, JsonValue value, Leaf now, JsonValue remote, ValueMerge.Merged merged) {
    HybridTimestamp latest = HybridTimestamp.later(edit.clock(), now.edit());
    boolean isSent = merged.value().equals(value) && edit.clock().isAfter(now.edit());
    if (merged.value().equals(remote)) {
      leaves.put(edit.path(), now.holding(edit.clock(), commit));
    } else if (isSent) {
      put(edit.path(), value, edit.clock());
    } else {
      leaves.put(edit.path(), Leaf.made(merged.value(), latest, commit));
    }
    if (!isSent || merged.value().equals(remote)) {
      received.put(edit.path(), new Received(value, edit.clock(), true));
    }
    contests.add(new Contest(edit, now, Optional.of(merged)));
  }

  static boolean isChoice(ValueMerge.Merged merged) {
    return merged.strategy().equals("max") || merged.strategy().equals("min");
  }

  /** Whether no client has sent this value as it is: then it holds the edits it was made from. */
  private static boolean isMade(Leaf leaf) {
    return ServerNode.isServer(leaf.wire()) && !leaf.wire().equals(leaf.edit());
  }

  private void put(LeafPath path, @Nullable JsonValue value, HybridTimestamp edit) {
    leaves.put(path, value == null ? gone(path, edit) : Leaf.of(value, edit, commit));
  }

  private Leaf gone(LeafPath path, HybridTimestamp edit) {
    return Leaf.removed(edit, commit, leaves.get(path));
  }

  private void remove(LeafPath path, Displacement by) {
    Leaf now = Objects.requireNonNull(leaves.get(path));
    if (edited.contains(path) && !received.containsKey(path)) {
      received.put(path, new Received(now.value(), now.wire(), false));
    }
    leaves.put(path, gone(path, by.clock()));
  }

  private List<Conflict> report(Map<LeafPath, Leaf> joined) {
    return new ConflictReport(stored, copy, edited, joined, leaves).of(contests);
  }

  private boolean isAcceptable() {
    Map<LeafPath, JsonValue> values = Document.values(leaves);
    return values.equals(stored.values())
        || values.equals(copy.leaves())
        || rules.acceptable().test(Leaves.join(values));
  }

  /**
   * An edit and the value that somebody else had put there meanwhile.
   *
   * @param remote the leaf as the client did not know it
   * @param merged what a strategy made of both, if one did
   */
  record Contest(LeafEdit edit, Leaf remote, Optional<ValueMerge.Merged> merged) {}
}
