package dev.landfall.engine.merge;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.document.Deletion;
import dev.landfall.engine.document.Deletions;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole document in the place of what was there, without a merge, and how to undo that.
 *
 * @param document the new one
 * @param entry what was there before, for the history
 */
public record Replacement(Document document, HistoryEntry entry) {

  /** Which leaves a new document leaves as they are, so that they keep their clocks. */
  @FunctionalInterface
  public interface Kept {
    /**
     * Whether a leaf stays as it is.
     *
     * @param next its value in the new document
     * @param now its value in the stored one
     */
    boolean keeps(LeafPath path, JsonValue next, JsonValue now);
  }

  /**
   * Puts {@code values} in the place of what is stored.
   *
   * @param values of the new document; empty deletes it
   * @param clock of the commit, and of every edit
   * @param index the entry of the new document
   */
  public static Replacement of(
      DocumentId id,
      Optional<Document> stored,
      Optional<Map<LeafPath, JsonValue>> values,
      Kept kept,
      HybridTimestamp clock,
      Document.IndexEntry index) {
    Map<LeafPath, Leaf> before = stored.map(Document::leaves).orElse(Map.of());
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    values
        .orElse(Map.of())
        .forEach(
            (path, next) -> {
              Leaf leaf = before.get(path);
              JsonValue now = leaf == null ? null : leaf.value();
              if (leaf != null && now != null && kept.keeps(path, next, now)) {
                leaves.put(path, leaf);
              } else {
                leaves.put(path, Leaf.of(next, clock, clock));
                previous.put(path, Optional.ofNullable(leaf));
              }
            });
    before.forEach(
        (path, leaf) -> {
          if (!leaves.containsKey(path)) {
            leaves.put(path, leaf.isRemoved() ? leaf : Leaf.removed(clock, clock, leaf));
            if (!leaf.isRemoved()) {
              previous.put(path, Optional.of(leaf));
            }
          }
        });
    boolean deletes = values.isEmpty();
    Deletions known = stored.map(Document::deletions).orElse(Deletions.NONE);
    Deletions deletions = deletes ? known.with(new Deletion(clock, clock)) : known;
    return new Replacement(
        new Document(id, clock, leaves, deletions, deletes, index),
        new HistoryEntry(
            clock,
            stored.isEmpty(),
            deletes,
            previous,
            stored.flatMap(Document::deletion),
            Map.of(),
            List.of()));
  }

  /** Whether a reader sees a difference to {@code stored}. */
  public boolean changes(Document stored) {
    return !entry.previous().isEmpty() || document.isDeleted() != stored.isDeleted();
  }
}
