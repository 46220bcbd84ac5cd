package dev.landfall.engine.history;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonString;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Conflict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The earlier versions of a document, rebuilt by undoing its commits one by one. */
public final class Versions {
  private Versions() {}

  /** The versions before {@code before}, newest first. */
  public static VersionPage list(
      Document document, History history, Optional<HybridTimestamp> before, int limit) {
    return list(document, history, before, limit, HybridTimestamp.ZERO);
  }

  /**
   * The versions before {@code before}, newest first, for somebody who reads the document since
   * {@code since}: the oldest is the one of then, which tells nothing but what stood there.
   */
  public static VersionPage list(
      Document document,
      History history,
      Optional<HybridTimestamp> before,
      int limit,
      HybridTimestamp since) {
    Map<LeafPath, Optional<Leaf>> state = new HashMap<>();
    document.leaves().forEach((path, leaf) -> state.put(path, Optional.of(leaf)));
    Set<LeafPath> forgotten = new HashSet<>();
    List<DocumentVersion> versions = new ArrayList<>();
    for (HistoryEntry entry : history.entries()) {
      if (!entry.commit().isAfter(since)) {
        return first(state, entry.commit(), versions, before, limit);
      }
      Map<LeafPath, DocumentVersion.Changed> changed = new LinkedHashMap<>();
      entry
          .previous()
          .forEach(
              (path, previous) -> {
                Optional<Leaf> now = state.getOrDefault(path, Optional.empty());
                JsonValue from = value(previous);
                JsonValue to = value(now);
                if (!forgotten.remove(path) && !Objects.equals(from, to)) {
                  HybridTimestamp edit = now.map(Leaf::edit).orElse(entry.commit());
                  changed.put(path, new DocumentVersion.Changed(from, to, edit));
                }
                state.put(path, previous);
              });
      forgotten.addAll(entry.forgotten());
      boolean tellsSomething =
          !changed.isEmpty()
              || !entry.conflicts().isEmpty()
              || entry.previousDeletion().isPresent()
              || entry.deletes() != entry.creation();
      if (tellsSomething && before.map(clock -> clock.isAfter(entry.commit())).orElse(true)) {
        if (versions.size() == limit) {
          return new VersionPage(versions, true);
        }
        versions.add(new DocumentVersion(entry.commit(), changed, conflicts(entry)));
      }
    }
    return new VersionPage(versions, false);
  }

  /** With what stood in a document when its reader came, if anything did. */
  private static VersionPage first(
      Map<LeafPath, Optional<Leaf>> state,
      HybridTimestamp commit,
      List<DocumentVersion> later,
      Optional<HybridTimestamp> before,
      int limit) {
    Map<LeafPath, DocumentVersion.Changed> stood = new LinkedHashMap<>();
    state.forEach(
        (path, leaf) -> {
          JsonValue value = value(leaf);
          if (value != null) {
            stood.put(path, new DocumentVersion.Changed(null, value, leaf.orElseThrow().edit()));
          }
        });
    if (stood.isEmpty() || !before.map(clock -> clock.isAfter(commit)).orElse(true)) {
      return new VersionPage(later, false);
    }
    if (later.size() == limit) {
      return new VersionPage(later, true);
    }
    List<DocumentVersion> versions = new ArrayList<>(later);
    versions.add(new DocumentVersion(commit, stood, List.of()));
    return new VersionPage(versions, false);
  }

  /**
   * The values as they were just after {@code commit}.
   *
   * @return empty if there is no such commit any more, if the document was deleted then, or if a
   *     value it had was too large to be kept for so long
   */
  static Optional<Map<LeafPath, JsonValue>> at(
      Document document, History history, HybridTimestamp commit) {
    Map<LeafPath, JsonValue> values = new LinkedHashMap<>(document.values());
    Set<LeafPath> forgotten = new HashSet<>();
    boolean deleted = document.isDeleted();
    for (HistoryEntry entry : history.entries()) {
      if (entry.commit().equals(commit)) {
        return deleted || !forgotten.isEmpty() ? Optional.empty() : Optional.of(values);
      }
      forgotten.removeAll(entry.previous().keySet());
      forgotten.addAll(entry.forgotten());
      for (Map.Entry<LeafPath, Optional<Leaf>> previous : entry.previous().entrySet()) {
        JsonValue value = value(previous.getValue());
        if (value == null) {
          values.remove(previous.getKey());
        } else {
          values.put(previous.getKey(), value);
        }
      }
      deleted = entry.previousDeletion().isPresent() || (deleted && !entry.deletes());
    }
    return Optional.empty();
  }

  /**
   * What the revision of a document was at a moment.
   *
   * @return zero if there was no document then, or a deleted one; empty if that is no longer known
   */
  public static Optional<HybridTimestamp> revisionAt(
      Document document, History history, HybridTimestamp moment) {
    if (!document.revision().isAfter(moment)) {
      return Optional.of(document.isDeleted() ? HybridTimestamp.ZERO : document.revision());
    }
    Map<LeafPath, JsonValue> values = new HashMap<>(document.values());
    for (HistoryEntry entry : history.entries()) {
      boolean visible =
          entry.creation()
              || entry.deletes()
              || entry.previousDeletion().isPresent()
              || !entry.forgotten().isEmpty();
      for (Map.Entry<LeafPath, Optional<Leaf>> previous : entry.previous().entrySet()) {
        JsonValue before = value(previous.getValue());
        JsonValue after =
            before == null
                ? values.remove(previous.getKey())
                : values.put(previous.getKey(), before);
        visible |= !Objects.equals(before, after);
      }
      if (!entry.commit().isAfter(moment) && visible) {
        return Optional.of(entry.deletes() ? HybridTimestamp.ZERO : entry.commit());
      }
      if (entry.creation()) {
        return Optional.of(HybridTimestamp.ZERO);
      }
    }
    return Optional.empty();
  }

  /**
   * The conflicts of a commit. The client was told one for the whole document when its edits lost
   * to a deletion; here each of them stands with its value, so that it can be found.
   */
  private static List<JsonObject> conflicts(HistoryEntry entry) {
    Optional<JsonObject> deletion =
        entry.conflicts().stream()
            .filter(conflict -> new JsonString(Conflict.DELETED).equals(conflict.get("field")))
            .findFirst();
    if (deletion.isEmpty() || !(deletion.get().get("remoteRev") instanceof JsonString clock)) {
      return entry.conflicts();
    }
    List<JsonObject> conflicts = new ArrayList<>(entry.conflicts());
    HybridTimestamp deleted = HybridTimestamp.parse(clock.value());
    entry
        .received()
        .forEach(
            (path, edit) -> {
              if (!edit.merged()) {
                conflicts.add(lost(path, edit, deleted).toJson());
              }
            });
    return conflicts;
  }

  private static Conflict lost(
      LeafPath path, HistoryEntry.Received edit, HybridTimestamp deletion) {
    return new Conflict(
        path.text(),
        edit.clock(),
        deletion,
        edit.value(),
        null,
        Conflict.Winner.REMOTE,
        null,
        Optional.empty());
  }

  private static @Nullable JsonValue value(Optional<Leaf> leaf) {
    return leaf.map(Leaf::value).orElse(null);
  }
}
