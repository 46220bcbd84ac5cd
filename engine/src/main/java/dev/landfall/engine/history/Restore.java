package dev.landfall.engine.history;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.merge.Replacement;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes an earlier version of a document as a new edit. */
public final class Restore implements Submission<Document> {
  private final Caller caller;
  private final DocumentId named;
  private final HybridTimestamp version;
  private final Duration keep;
  private Optional<DocumentId> place = Optional.empty();

  /**
   * A restoration.
   *
   * @param named the document by what the caller knows of it
   */
  public Restore(Caller caller, DocumentId named, HybridTimestamp version, Duration keep) {
    this.caller = caller;
    this.named = named;
    this.version = version;
    this.keep = keep;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public String author() {
    return caller.user().value();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    place = caller.placeOf(store, named);
    return place.map(Set::of).orElse(Set.of());
  }

  @Override
  public Document decide(Draft draft) {
    caller.admit();
    DocumentId id = place.orElseThrow(Restore::missing);
    Document now = draft.document(id).orElseThrow(Restore::missing);
    if (!caller.reads(now)) {
      throw missing();
    }
    if (!caller.writes(now)) {
      throw new SyncException(SyncProblem.FORBIDDEN, "the document may be read only");
    }
    History history = draft.history(id);
    Map<LeafPath, JsonValue> then =
        Versions.at(now, history, version).orElseThrow(Restore::missing);
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    Replacement restored =
        Replacement.of(
            id,
            Optional.of(now),
            Optional.of(then),
            (path, next, before) -> next.equals(before),
            clock,
            now.index().updatedAt(draft.wallMillis()));
    if (!restored.changes(now)) {
      return now;
    }
    draft.put(restored.document(), history.with(restored.entry(), keep), clock, true);
    return restored.document();
  }

  private static SyncException missing() {
    return new SyncException(SyncProblem.NOT_FOUND, "no such version of this document");
  }
}
