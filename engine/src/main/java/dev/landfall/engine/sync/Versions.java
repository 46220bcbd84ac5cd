package dev.landfall.engine.sync;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The earlier versions of a document, rebuilt by undoing its commits one by one. */
final class Versions {
  private Versions() {}

  /** The versions before {@code before}, newest first. */
  static VersionPage list(
      Document document, History history, Optional<HybridTimestamp> before, int limit) {
    Map<LeafPath, Optional<Leaf>> state = new HashMap<>();
    document.leaves().forEach((path, leaf) -> state.put(path, Optional.of(leaf)));
    List<DocumentVersion> versions = new ArrayList<>();
    for (HistoryEntry entry : history.entries()) {
      Map<LeafPath, DocumentVersion.Changed> changed = new LinkedHashMap<>();
      entry
          .previous()
          .forEach(
              (path, previous) -> {
                Optional<Leaf> now = state.getOrDefault(path, Optional.empty());
                JsonValue from = value(previous);
                JsonValue to = value(now);
                if (!Objects.equals(from, to)) {
                  HybridTimestamp edit = now.map(Leaf::edit).orElse(entry.commit());
                  changed.put(path, new DocumentVersion.Changed(from, to, edit));
                }
                state.put(path, previous);
              });
      boolean tellsSomething =
          !changed.isEmpty()
              || !entry.conflicts().isEmpty()
              || entry.previousDeletion().isPresent()
              || entry.deletes() != entry.creation();
      if (tellsSomething && before.map(clock -> clock.isAfter(entry.commit())).orElse(true)) {
        if (versions.size() == limit) {
          return new VersionPage(versions, true);
        }
        versions.add(new DocumentVersion(entry.commit(), changed, entry.conflicts()));
      }
    }
    return new VersionPage(versions, false);
  }

  /**
   * The values as they were just after {@code commit}.
   *
   * @return empty if there is no such commit any more, or the document was deleted then
   */
  static Optional<Map<LeafPath, JsonValue>> at(
      Document document, History history, HybridTimestamp commit) {
    Map<LeafPath, JsonValue> values = new LinkedHashMap<>(document.values());
    boolean deleted = document.isDeleted();
    for (HistoryEntry entry : history.entries()) {
      if (entry.commit().equals(commit)) {
        return deleted ? Optional.empty() : Optional.of(values);
      }
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

  private static @Nullable JsonValue value(Optional<Leaf> leaf) {
    return leaf.map(Leaf::value).orElse(null);
  }
}
