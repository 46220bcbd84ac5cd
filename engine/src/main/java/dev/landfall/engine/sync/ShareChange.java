package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.Sharing;
import dev.landfall.engine.sharing.Visibility;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Changes who reads a document. Only whoever wrote it first may, and also when it is deleted:
 * whoever may write it could bring it back.
 */
final class ShareChange implements Submission<Document> {
  /** How many documents of a collection may be public, so that nobody can flood all others. */
  static final int MAX_PUBLIC = 10_000;

  private final Caller caller;
  private final DocumentId id;
  private final UnaryOperator<Sharing> change;
  private final LongSupplier published;

  /**
   * A change of sharing.
   *
   * @param change makes of the sharing as it is what it is to be; may throw a {@link SyncException}
   * @param published how many documents of the collection are public
   */
  ShareChange(Caller caller, DocumentId id, UnaryOperator<Sharing> change, LongSupplier published) {
    this.caller = caller;
    this.id = id;
    this.change = change;
    this.published = published;
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
    return Set.of(id);
  }

  @Override
  public Document decide(Draft draft) {
    caller.admit();
    Document document =
        draft
            .document(id)
            .filter(one -> !one.isDeletionOfUnknown() && caller.owns(one))
            .filter(one -> one.index().creator().equals(caller.user()))
            .orElseThrow(
                () -> new SyncException(SyncProblem.NOT_FOUND, "no such document of yours"));
    Sharing before = document.index().sharing();
    Sharing after = change.apply(before);
    if (after.equals(before)) {
      return document;
    }
    boolean publishes =
        after.visibility() == Visibility.PUBLIC && before.visibility() != Visibility.PUBLIC;
    if (publishes && published.getAsLong() >= MAX_PUBLIC) {
      throw new SyncException(
          SyncProblem.QUOTA,
          "visibility: there are already " + MAX_PUBLIC + " public documents in this collection");
    }
    Document shared = document.with(after);
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    draft.share(shared, draft.history(id), clock);
    return shared;
  }
}
