package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Changes who reads a document. Whoever wrote it first may, and also when it is deleted: whoever
 * may write it could bring it back. In the namespace of an organisation its administrators may,
 * too.
 */
public final class ShareChange implements Submission<Document> {
  private final Caller caller;
  private final DocumentId id;
  private final SharingGuard guard;
  private final UnaryOperator<Sharing> change;

  /**
   * A change of sharing.
   *
   * @param change makes of the sharing as it is what it is to be; may throw a {@link SyncException}
   */
  public ShareChange(
      Caller caller, DocumentId id, SharingGuard guard, UnaryOperator<Sharing> change) {
    this.caller = caller;
    this.id = id;
    this.guard = guard;
    this.change = change;
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
    return id.owner().equals(caller.owner()) ? Set.of(id) : Set.of();
  }

  @Override
  public Document decide(Draft draft) {
    caller.admit();
    Document document =
        draft
            .document(id)
            .filter(one -> !one.isDeletionOfUnknown() && caller.owns(one))
            .filter(this::isTheirs)
            .orElseThrow(
                () -> new SyncException(SyncProblem.NOT_FOUND, "no such document of yours"));
    Sharing before = document.index().sharing();
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    Sharing after = settled(change.apply(before), before, caller.user(), clock, guard);
    if (after.equals(before)) {
      return document;
    }
    Document shared = document.with(after);
    draft.share(shared, draft.history(id), clock);
    return shared;
  }

  private boolean isTheirs(Document document) {
    return document.index().creator().equals(caller.user())
        || (caller.owner() instanceof OrganisationId organisation
            && guard.administers(caller.user(), organisation));
  }

  /** What somebody asks for as it comes to count: only new grants have to be asked about. */
  public static Sharing settled(
      Sharing asked, Sharing before, UserId by, HybridTimestamp clock, SharingGuard guard) {
    boolean gives = asked.grants().stream().map(Grant::giver).anyMatch(giver -> giver.isEmpty());
    Set<UserId> blockers = gives ? guard.blockersOf(by) : Set.of();
    return asked.settled(before, by, clock, blockers::contains);
  }
}
