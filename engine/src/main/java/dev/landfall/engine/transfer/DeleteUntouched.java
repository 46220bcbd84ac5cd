package dev.landfall.engine.transfer;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.merge.DocumentMerge;
import dev.landfall.engine.merge.MergeOutcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** Deletes documents of the caller that nobody has written for some time. */
final class DeleteUntouched extends EachDocument {
  private final Caller caller;
  private final HybridTimestamp since;
  private final Duration keep;

  /**
   * A deletion.
   *
   * @param since what has been written after this stays
   * @param keep how long history is kept
   */
  DeleteUntouched(Caller caller, Collection<DocumentId> ids, HybridTimestamp since, Duration keep) {
    super(ids);
    this.caller = caller;
    this.since = since;
    this.keep = keep;
  }

  @Override
  public String author() {
    return caller.user().value();
  }

  @Override
  protected void admit() {
    caller.admit();
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    if (document.isDeleted() || !caller.owns(document) || document.revision().isAfter(since)) {
      return false;
    }
    HybridTimestamp clock = clock(draft, document);
    MergeOutcome deleted =
        DocumentMerge.deleted(document, clock, clock, draft.wallMillis(), List.of());
    History history = draft.history(document.id()).with(deleted.entry().orElseThrow(), keep);
    draft.put(deleted.document().orElseThrow(), history, clock, true);
    return true;
  }
}
