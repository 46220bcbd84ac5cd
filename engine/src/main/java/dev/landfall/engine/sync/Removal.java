package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.Leaf;
import dev.landfall.engine.document.LeafPath;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Deletes documents of the caller that nobody has written for some time. */
final class Removal implements Submission<Integer> {
  private final Caller caller;
  private final Set<DocumentId> ids;
  private final HybridTimestamp since;
  private final Duration keep;

  /**
   * A deletion.
   *
   * @param since what has been written after this stays
   * @param keep how long history is kept
   */
  Removal(Caller caller, Set<DocumentId> ids, HybridTimestamp since, Duration keep) {
    this.caller = caller;
    this.ids = ids;
    this.since = since;
    this.keep = keep;
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return ids;
  }

  @Override
  public Integer decide(Draft draft) {
    caller.admit();
    int removed = 0;
    for (DocumentId id : ids) {
      Optional<Document> document =
          draft
              .document(id)
              .filter(one -> !one.isDeleted() && caller.owns(one))
              .filter(one -> !one.revision().isAfter(since));
      if (document.isPresent()) {
        remove(document.get(), draft);
        removed++;
      }
    }
    return removed;
  }

  private void remove(Document document, Draft draft) {
    DocumentId id = document.id();
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    Map<LeafPath, Leaf> leaves = new LinkedHashMap<>();
    Map<LeafPath, Optional<Leaf>> previous = new LinkedHashMap<>();
    document
        .leaves()
        .forEach(
            (path, leaf) -> {
              leaves.put(path, leaf.isRemoved() ? leaf : Leaf.removed(clock, clock, leaf));
              if (!leaf.isRemoved()) {
                previous.put(path, Optional.of(leaf));
              }
            });
    HistoryEntry entry =
        new HistoryEntry(clock, false, true, previous, Optional.empty(), Map.of(), List.of());
    Document tombstone =
        new Document(
            id, clock, leaves, Optional.of(clock), document.index().updatedAt(draft.wallMillis()));
    draft.put(tombstone, draft.history(id).with(entry, keep), clock, true);
  }
}
