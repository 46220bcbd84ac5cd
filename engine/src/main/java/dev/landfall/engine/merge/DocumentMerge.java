package dev.landfall.engine.merge;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonBoolean;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.clock.DeviceNode;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Deletion;
import dev.landfall.engine.document.Deletions;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.HistoryEntry.Received;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.BaseView.Seen;
import dev.landfall.engine.merge.Conflict.Winner;
import dev.landfall.engine.merge.MergeOutcome.Effect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a document when a client's copy arrives: creation, deletion, revival or a merge
 * of the leaves. A function of its arguments.
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
    return new LeafMerge(stored.get(), history, copy, rules, commit).outcome(wallMillis);
  }

  /**
   * A new document. A value without a clock was written no later than the client was told it, and
   * nobody knows when if it was not; so an edit that somebody has made since beats it, although it
   * comes in only now. If the server has lost what it was told then, every clock beats it: the
   * devices still have that of the value, and of what has replaced it.
   */
  private MergeOutcome create(DocumentId id, ClientCopy copy, Optional<Document> ghost) {
    boolean news = copy.base().isZero() || copy.clocks().latest().isAfter(copy.base());
    if (!news) {
      return MergeOutcome.unchanged(Optional.empty());
    }
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    copy.leaves()
        .forEach(
            (path, value) -> {
              leaves.put(
                  path,
                  copy.clocks()
                      .at(path)
                      .map(clock -> Leaf.of(value, clock.clock(), commit))
                      .orElseGet(() -> withoutClock(value, copy)));
              previous.put(path, Optional.empty());
            });
    removals(copy).forEach((path, edit) -> leaves.put(path, Leaf.removed(edit, commit, null)));
    Document document =
        new Document(
            id,
            commit,
            leaves,
            ghost.map(Document::deletions).orElse(Deletions.NONE),
            false,
            Document.IndexEntry.created(author, wallMillis));
    HistoryEntry entry =
        new HistoryEntry(
            commit, true, false, previous, ghost.flatMap(Document::deletion), Map.of(), List.of());
    return new MergeOutcome(Optional.of(document), Effect.REVISION, Optional.of(entry), List.of());
  }

  private Leaf withoutClock(JsonValue value, ClientCopy copy) {
    return copy.lastOfItsKind()
        ? Leaf.ofUnknownAge(value, commit)
        : Leaf.made(value, copy.base(), commit);
  }

  private static Map<LeafPath, HybridTimestamp> removals(ClientCopy copy) {
    Map<LeafPath, HybridTimestamp> removals = new LinkedHashMap<>();
    for (LeafPath path : copy.clocks().withoutValue(copy.leaves().keySet())) {
      copy.clocks().at(path).ifPresent(clock -> removals.put(path, clock.clock()));
    }
    return removals;
  }

  /**
   * A copy of a deleted document: a leaf that was edited after the deletion, or removed, brings it
   * back as that client holds it.
   */
  private MergeOutcome revive(Document stored, History history, ClientCopy copy) {
    Optional<Deletion> deletion = deletionFor(stored, copy);
    if (deletion.isEmpty()) {
      return create(stored.id(), copy, Optional.of(stored));
    }
    return revive(stored, deletion.get(), history, copy);
  }

  /**
   * The deletion that a copy of a deleted document has to do with. One that found nothing is that
   * of the copy's device only.
   */
  private static Optional<Deletion> deletionFor(Document stored, ClientCopy copy) {
    return stored
        .deletions()
        .last()
        .or(
            () ->
                stored
                    .deletions()
                    .ofNothingBy(copy.clocks().latest())
                    .map(edit -> new Deletion(edit, stored.revision())));
  }

  private MergeOutcome revive(
      Document stored, Deletion deletion, History history, ClientCopy copy) {
    BaseView base = BaseView.of(stored, history, copy);
    Map<LeafPath, HybridTimestamp> later = new LinkedHashMap<>();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    boolean fresh = false;
    boolean lostBefore = false;
    for (LeafEdit edit : CopyEdits.withReplays(stored, history, base, copy)) {
      latest = HybridTimestamp.later(latest, edit.clock());
      Leaf gone =
          stored
              .at(edit.path())
              .orElseGet(() -> Leaf.removed(deletion.edit(), deletion.commit(), null));
      boolean isEcho = edit.value() == null && ServerNode.isServer(edit.clock());
      if (edit.clock().isAfter(gone.edit()) && !isEcho) { // else it was removed before, and later
        later.put(edit.path(), edit.clock());
      }
      if (edit.clock().isAfter(copy.base())) {
        fresh |= edit.isNew() || edit.seen() == Seen.STAMPED_AGAIN;
        lostBefore |= edit.seen() == Seen.LOST_BEFORE;
      }
    }
    boolean serverEdited =
        deletion.commit().isAfter(copy.base())
            && !stored.isDeletionOfUnknown()
            && !(DeviceNode.isSame(deletion.edit(), latest) && latest.isAfter(deletion.edit()));
    if (later.isEmpty() && stored.isDeletionOfUnknown()) {
      return overtaken(stored, deletion, copy);
    }
    if (later.isEmpty()) {
      return serverEdited && (fresh || lostBefore)
          ? lostToDeletion(stored, copy, deletion.edit(), latest, fresh)
          : MergeOutcome.unchanged(Optional.of(stored));
    }
    return revived(stored, deletion, copy, later, serverEdited, latest);
  }

  /**
   * The creation of a document whose deletion was quicker on the way. Now there has been something
   * to delete, and the deletion stands against everybody.
   */
  private MergeOutcome overtaken(Document ghost, Deletion deletion, ClientCopy copy) {
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    for (LeafPath path : copy.leaves().keySet()) {
      leaves.put(path, Leaf.removed(deletion.edit(), deletion.commit(), null));
    }
    if (leaves.isEmpty()) {
      return MergeOutcome.unchanged(Optional.of(ghost));
    }
    Document tombstone =
        new Document(
            ghost.id(),
            ghost.revision(),
            leaves,
            ghost.deletions().with(deletion),
            true,
            ghost.index());
    return new MergeOutcome(Optional.of(tombstone), Effect.RECORD, Optional.empty(), List.of());
  }

  private MergeOutcome revived(
      Document stored,
      Deletion deletion,
      ClientCopy copy,
      Map<LeafPath, HybridTimestamp> later,
      boolean serverEdited,
      HybridTimestamp latest) {
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>(stored.leaves());
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    Map<LeafPath, Received> received = new LinkedHashMap<>();
    copy.leaves()
        .forEach(
            (path, value) -> {
              HybridTimestamp edit = later.get(path);
              // what is written by somebody who knew the deletion beats what was not edited
              leaves.put(path, Leaf.of(value, edit == null ? deletion.edit() : edit, commit));
              copy.clocks()
                  .at(path)
                  .map(EditClocks.Effective::clock)
                  .filter(sent -> sent.isAfter(copy.base()) && !sent.equals(edit))
                  .ifPresent(sent -> received.put(path, new Received(value, sent, true)));
              previous.put(path, Optional.ofNullable(stored.leaves().get(path)));
            });
    later.forEach(
        (path, edit) -> {
          if (!copy.leaves().containsKey(path)) {
            previous.put(path, Optional.ofNullable(stored.leaves().get(path)));
            leaves.put(path, Leaf.removed(edit, commit, stored.leaves().get(path)));
          }
        });
    List<Conflict> conflicts =
        serverEdited
            ? List.of(deletedConflict(latest, deletion.edit(), false, Winner.LOCAL))
            : List.of();
    Document document =
        new Document(
            stored.id(),
            commit,
            leaves,
            stored.deletions(),
            false,
            stored.index().updatedAt(wallMillis));
    HistoryEntry entry =
        new HistoryEntry(
            commit, false, false, previous, stored.deletion(), received, json(conflicts));
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
   * @param existed whether a document that is not here has been: the server has lost it
   */
  public MergeOutcome delete(
      DocumentId id,
      Optional<Document> stored,
      History history,
      HybridTimestamp deletion,
      HybridTimestamp base,
      boolean existed) {
    if (stored.isEmpty()) {
      Document tombstone =
          new Document(
              id,
              commit,
              Map.of(),
              existed
                  ? Deletions.of(new Deletion(deletion, commit))
                  : Deletions.NONE.withOfNothing(deletion),
              true,
              Document.IndexEntry.created(author, wallMillis));
      return new MergeOutcome(
          Optional.of(tombstone),
          existed ? Effect.REVISION : Effect.RECORD,
          Optional.of(
              new HistoryEntry(
                  commit, true, true, Map.of(), Optional.empty(), Map.of(), List.of())),
          List.of());
    }
    Document document = stored.get();
    if (document.isDeleted()) {
      return raise(document, deletion);
    }
    if (document.deletions().has(deletion)) {
      return MergeOutcome.unchanged(stored); // an edit has ended this deletion or a later one
    }
    HybridTimestamp latest = document.latestEdit();
    boolean serverEdited =
        document.leaves().values().stream()
            .anyMatch(
                leaf ->
                    leaf.commit().isAfter(base)
                        && !(DeviceNode.isSame(leaf.wire(), deletion)
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
            document.deletions().with(new Deletion(deletion, commit)),
            true,
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
    Deletions known = document.deletions();
    if (known.has(deletion)) {
      return MergeOutcome.unchanged(Optional.of(document));
    }
    Document raised =
        new Document(
            document.id(),
            document.revision(),
            document.leaves(),
            document.isDeletionOfUnknown()
                ? known.withOfNothing(deletion)
                : known.with(new Deletion(deletion, commit)),
            true,
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
