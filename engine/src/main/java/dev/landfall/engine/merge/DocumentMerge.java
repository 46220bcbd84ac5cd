package dev.landfall.engine.merge;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeOutcome.Effect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a document when a client's copy arrives: creation, deletion, revival or a merge
 * of the leaves. A function of its arguments; see sync.md, sections 4 and 5.
 */
public final class DocumentMerge {
  private final MergeRules rules;
  private final UserId author;
  private final HybridTimestamp commit;
  private final long wallMillis;

  /**
   * A merge for one commit.
   *
   * @param author who sends the copy
   * @param commit the clock the document gets if it changes; later than every clock in it and in
   *     the copy
   * @param wallMillis now, in milliseconds since the Unix epoch, for the document index
   */
  public DocumentMerge(MergeRules rules, UserId author, HybridTimestamp commit, long wallMillis) {
    this.rules = rules;
    this.author = author;
    this.commit = commit;
    this.wallMillis = wallMillis;
  }

  /** What {@code copy} makes of the document {@code id}. */
  public MergeOutcome merge(
      DocumentId id, Optional<Document> stored, History history, ClientCopy copy) {
    if (stored.isEmpty()) {
      return create(id, copy, Optional.empty());
    }
    if (stored.get().isDeleted()) {
      return revive(stored.get(), history, copy);
    }
    return new LeafMerge(
            stored.get(), BaseView.of(stored.get(), history, copy), copy, rules, commit)
        .outcome(wallMillis);
  }

  private MergeOutcome create(
      DocumentId id, ClientCopy copy, Optional<HybridTimestamp> deletionOfUnknown) {
    boolean news = copy.base().isZero() || copy.clocks().latest().isAfter(copy.base());
    if (!news) {
      return MergeOutcome.unchanged(Optional.empty());
    }
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    copy.leaves()
        .forEach(
            (path, value) -> {
              HybridTimestamp edit =
                  copy.clocks().at(path).map(EditClocks.Effective::clock).orElse(commit);
              leaves.put(path, Leaf.of(value, edit, commit));
              previous.put(path, Optional.empty());
            });
    removals(copy).forEach((path, edit) -> leaves.put(path, Leaf.removed(edit, commit, null)));
    Document document =
        new Document(
            id, commit, leaves, Optional.empty(), Document.IndexEntry.created(author, wallMillis));
    HistoryEntry entry =
        new HistoryEntry(commit, true, false, previous, deletionOfUnknown, Map.of(), List.of());
    return new MergeOutcome(Optional.of(document), Effect.REVISION, Optional.of(entry), List.of());
  }

  private static Map<LeafPath, HybridTimestamp> removals(ClientCopy copy) {
    Map<LeafPath, HybridTimestamp> removals = new LinkedHashMap<>();
    for (LeafPath path : copy.clocks().withoutValue(copy.leaves().keySet())) {
      copy.clocks().at(path).ifPresent(clock -> removals.put(path, clock.clock()));
    }
    return removals;
  }

  /**
   * A copy of a deleted document: a field edited after the deletion brings it back as that client
   * holds it.
   */
  private MergeOutcome revive(Document stored, History history, ClientCopy copy) {
    HybridTimestamp deletion = stored.deletion().orElseThrow();
    BaseView base = BaseView.of(stored, history, copy);
    HybridTimestamp latest = HybridTimestamp.ZERO;
    HybridTimestamp reviving = HybridTimestamp.ZERO;
    boolean fresh = false;
    boolean lostBefore = false;
    for (Map.Entry<LeafPath, JsonValue> leaf : copy.leaves().entrySet()) {
      Optional<EditClocks.Effective> clock = copy.clocks().at(leaf.getKey());
      if (clock.isPresent()) {
        HybridTimestamp edit = clock.get().clock();
        latest = HybridTimestamp.later(latest, edit);
        Leaf gone = stored.leaves().get(leaf.getKey());
        if (gone == null || edit.isAfter(gone.edit())) { // else it was removed before, and later
          reviving = HybridTimestamp.later(reviving, edit);
        }
        if (edit.isAfter(copy.base())) {
          BaseView.Seen seen = base.seen(leaf.getKey(), leaf.getValue(), edit);
          fresh |= seen == BaseView.Seen.NEW || seen == BaseView.Seen.STAMPED_AGAIN;
          lostBefore |= seen == BaseView.Seen.LOST_BEFORE;
        }
      }
    }
    if (stored.isDeletionOfUnknown() && !BaseView.sameDevice(deletion, latest)) {
      return create(stored.id(), copy, stored.deletion());
    }
    boolean serverEdited =
        stored.revision().isAfter(copy.base())
            && !stored.isDeletionOfUnknown()
            && !(BaseView.sameDevice(deletion, latest) && latest.isAfter(deletion));
    if (!reviving.isAfter(deletion)) {
      return serverEdited && (fresh || lostBefore)
          ? lostToDeletion(stored, copy, deletion, latest, fresh)
          : MergeOutcome.unchanged(Optional.of(stored));
    }
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    Map<LeafPath, Received> received = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, JsonValue> leaf : copy.leaves().entrySet()) {
      Optional<HybridTimestamp> sent =
          copy.clocks().at(leaf.getKey()).map(EditClocks.Effective::clock);
      HybridTimestamp edit =
          sent.filter(clock -> clock.isAfter(deletion))
              .orElse(deletion); // what is written by somebody who knew the deletion beats it
      leaves.put(leaf.getKey(), Leaf.of(leaf.getValue(), edit, commit));
      sent.filter(clock -> clock.isAfter(copy.base()) && !clock.equals(edit))
          .ifPresent(
              clock -> received.put(leaf.getKey(), new Received(leaf.getValue(), clock, true)));
      previous.put(leaf.getKey(), Optional.ofNullable(stored.leaves().get(leaf.getKey())));
    }
    stored.leaves().forEach(leaves::putIfAbsent);
    removals(copy)
        .forEach(
            (path, edit) -> {
              Leaf known = leaves.get(path);
              if (known == null || (known.isRemoved() && edit.isAfter(known.edit()))) {
                leaves.put(path, Leaf.removed(edit, commit, known));
              }
            });
    List<Conflict> conflicts =
        serverEdited ? List.of(deletedConflict(latest, deletion, false, Winner.LOCAL)) : List.of();
    Document document =
        new Document(
            stored.id(), commit, leaves, Optional.empty(), stored.index().updatedAt(wallMillis));
    HistoryEntry entry =
        new HistoryEntry(
            commit, false, false, previous, Optional.of(deletion), received, json(conflicts));
    return new MergeOutcome(Optional.of(document), Effect.REVISION, Optional.of(entry), conflicts);
  }

  /** The edits go to the history, so that nothing a person typed vanishes. */
  private MergeOutcome lostToDeletion(
      Document stored,
      ClientCopy copy,
      HybridTimestamp deletion,
      HybridTimestamp latest,
      boolean fresh) {
    List<Conflict> conflicts = List.of(deletedConflict(latest, deletion, false, Winner.REMOTE));
    if (!fresh) {
      return new MergeOutcome(Optional.of(stored), Effect.NONE, Optional.empty(), conflicts);
    }
    Map<LeafPath, Received> received = new LinkedHashMap<>();
    for (Map.Entry<LeafPath, JsonValue> leaf : copy.leaves().entrySet()) {
      copy.clocks()
          .at(leaf.getKey())
          .map(EditClocks.Effective::clock)
          .filter(clock -> clock.isAfter(copy.base()))
          .ifPresent(
              clock -> received.put(leaf.getKey(), new Received(leaf.getValue(), clock, false)));
    }
    HistoryEntry entry =
        new HistoryEntry(
            commit, false, false, Map.of(), Optional.empty(), received, json(conflicts));
    return new MergeOutcome(Optional.of(stored), Effect.RECORD, Optional.of(entry), conflicts);
  }

  /**
   * What the deletion of {@code id} makes of the document.
   *
   * @param deletion the edit clock of the deletion
   * @param base what the server had committed when the client last heard of the document
   */
  public MergeOutcome delete(
      DocumentId id,
      Optional<Document> stored,
      History history,
      HybridTimestamp deletion,
      HybridTimestamp base) {
    if (stored.isEmpty()) {
      Document ghost =
          new Document(
              id,
              commit,
              Map.of(),
              Optional.of(deletion),
              Document.IndexEntry.created(author, wallMillis));
      return new MergeOutcome(
          Optional.of(ghost),
          Effect.RECORD,
          Optional.of(
              new HistoryEntry(
                  commit, true, true, Map.of(), Optional.empty(), Map.of(), List.of())),
          List.of());
    }
    Document document = stored.get();
    if (document.isDeleted()) {
      return raise(document, deletion);
    }
    boolean overcome = // by an edit that ended this deletion or a later one
        history.after(base).entries().stream()
            .flatMap(entry -> entry.previousDeletion().stream())
            .anyMatch(ended -> !deletion.isAfter(ended));
    if (overcome) {
      return MergeOutcome.unchanged(stored);
    }
    HybridTimestamp latest = document.latestEdit();
    boolean serverEdited =
        document.leaves().values().stream()
            .anyMatch(
                leaf ->
                    leaf.commit().isAfter(base)
                        && !(BaseView.sameDevice(leaf.edit(), deletion)
                            && deletion.isAfter(leaf.edit())));
    if (latest.isAfter(deletion)) {
      List<Conflict> conflicts =
          serverEdited
              ? List.of(deletedConflict(deletion, latest, true, Winner.REMOTE))
              : List.of();
      return new MergeOutcome(stored, Effect.NONE, Optional.empty(), conflicts);
    }
    List<Conflict> conflicts =
        serverEdited ? List.of(deletedConflict(deletion, latest, true, Winner.LOCAL)) : List.of();
    return deleted(document, deletion, commit, wallMillis, conflicts);
  }

  /**
   * The tombstone of a living document.
   *
   * @param deletion the edit clock of the deletion
   * @param commit the clock the tombstone gets
   * @param wallMillis now, in milliseconds since the Unix epoch, for the document index
   */
  public static MergeOutcome deleted(
      Document document,
      HybridTimestamp deletion,
      HybridTimestamp commit,
      long wallMillis,
      List<Conflict> conflicts) {
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    document
        .leaves()
        .forEach(
            (path, leaf) -> {
              if (leaf.isRemoved()) {
                leaves.put(path, leaf);
              } else {
                leaves.put(path, Leaf.removed(deletion, commit, leaf));
                previous.put(path, Optional.of(leaf));
              }
            });
    Document tombstone =
        new Document(
            document.id(),
            commit,
            leaves,
            Optional.of(deletion),
            document.index().updatedAt(wallMillis));
    HistoryEntry entry =
        new HistoryEntry(
            commit, false, true, previous, Optional.empty(), Map.of(), json(conflicts));
    return new MergeOutcome(Optional.of(tombstone), Effect.REVISION, Optional.of(entry), conflicts);
  }

  /**
   * A later deletion of what is deleted: no reader sees a difference, but an older edit loses to
   * it.
   */
  private MergeOutcome raise(Document document, HybridTimestamp deletion) {
    if (!deletion.isAfter(document.deletion().orElseThrow())) {
      return MergeOutcome.unchanged(Optional.of(document));
    }
    Document raised =
        new Document(
            document.id(),
            document.revision(),
            document.leaves(),
            Optional.of(deletion),
            document.index());
    return new MergeOutcome(Optional.of(raised), Effect.RECORD, Optional.empty(), List.of());
  }

  private static Conflict deletedConflict(
      HybridTimestamp local, HybridTimestamp remote, boolean localDeletes, Winner winner) {
    JsonBoolean localValue = JsonBoolean.of(localDeletes);
    JsonBoolean remoteValue = JsonBoolean.of(!localDeletes);
    return new Conflict(
        Conflict.DELETED,
        local,
        remote,
        localValue,
        remoteValue,
        winner,
        winner == Winner.LOCAL ? localValue : remoteValue,
        Optional.empty());
  }

  static List<JsonObject> json(List<Conflict> conflicts) {
    return conflicts.stream().map(Conflict::toJson).toList();
  }
}
