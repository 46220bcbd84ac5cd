package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Origin;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a grant of a link, for whoever has its token. How often that may be is counted in the
 * document, so each use is a commit and no two are the same.
 */
public final class Redemption implements Submission<Document> {
  /** The most grants a document may have, those that are pending included. */
  public static final int MAX_GRANTS = 10_000;

  private final Caller caller;
  private final DocumentId id;
  private final String hash;
  private final InstantSource time;
  private final SharingGuard guard;

  /**
   * A redemption.
   *
   * @param hash of the token
   */
  public Redemption(
      Caller caller, DocumentId id, String hash, InstantSource time, SharingGuard guard) {
    this.caller = caller;
    this.id = id;
    this.hash = hash;
    this.time = time;
    this.guard = guard;
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
    UserId user = caller.user();
    Document document =
        draft.document(id).filter(one -> !one.isDeleted()).orElseThrow(Redemption::unknown);
    Sharing sharing = document.index().sharing();
    ShareLink link =
        sharing
            .link()
            .filter(one -> one.hash().equals(hash) && !one.isOverAt(time.millis()))
            .filter(one -> one.redeemable().isPresent())
            .orElseThrow(Redemption::unknown);
    boolean has =
        document.id().owner().equals(user)
            || sharing.grants().stream()
                .anyMatch(one -> one.sameAs(user, caller.application()) && !one.muted());
    if (has) {
      return document;
    }
    if (link.past().contains(user) || !link.isValidAt(time.millis())) {
      throw unknown();
    }
    UserId maker = link.maker().orElse(document.index().creator());
    if (guard.blockersOf(maker).contains(user)) {
      throw new SyncException(
          SyncProblem.FORBIDDEN, "You take nothing from whoever has made this link");
    }
    int people = sharing.grants().size() + sharing.pending().size() + link.past().size();
    if (people >= MAX_GRANTS) {
      throw new SyncException(
          SyncProblem.OUT_OF_ROOM, "The document is shared with " + MAX_GRANTS + " people already");
    }
    HybridTimestamp clock = EachDocument.clock(draft, document);
    Grant grant =
        new Grant(
            user,
            caller.application(),
            link.redeemable().orElseThrow().writes(),
            Optional.of(maker),
            clock,
            false,
            new Origin.ByLink(hash));
    Document redeemed = document.with(sharing.with(grant).replacing(Optional.of(link.used())));
    draft.share(redeemed, draft.history(id), clock);
    return redeemed;
  }

  private static SyncException unknown() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is no such document");
  }
}
