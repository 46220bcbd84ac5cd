package dev.landfall.engine.owner;

import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import java.util.Collection;
import java.util.Optional;

/**
 * Takes an owner who is gone out of the documents of others: as the one who wrote them first, and
 * as one with whom they are shared.
 */
public final class MentionRemoval extends EachDocument {
  private final Owner gone;
  private final Runnable still;

  /**
   * A forgetting.
   *
   * @param still fails if the owner is there again
   */
  public MentionRemoval(Collection<DocumentId> ids, Owner gone, Runnable still) {
    super(ids);
    this.gone = gone;
    this.still = still;
  }

  @Override
  protected void admit() {
    still.run();
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing rest =
        gone instanceof OrganisationId organisation
            ? sharing.without(organisation)
            : gone instanceof UserId user ? without(sharing, user) : sharing;
    boolean wrote = document.index().creator().equals(gone);
    if (!wrote && rest.equals(sharing)) {
      return false;
    }
    Document next = (wrote ? document.withoutCreator() : document).with(rest);
    draft.share(next, draft.history(document.id()), clock(draft, document));
    return true;
  }

  private static Sharing without(Sharing sharing, UserId user) {
    Sharing rest =
        sharing.withoutGrantsTo(user).withoutLinkOf(user).withoutPendingOf(user).withoutPast(user);
    return rest.withGrants(
        rest.grants().stream()
            .map(
                grant ->
                    grant.giver().equals(Optional.of(user))
                        ? grant.givenBy(Document.IndexEntry.GONE)
                        : grant)
            .toList());
  }
}
