package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.Sharing;
import java.util.Collection;

/**
 * Takes an owner who is gone out of the documents of others: as the one who wrote them first, and
 * as one with whom they are shared.
 */
final class Forgetting extends EachDocument {
  private final Owner gone;
  private final Runnable still;

  /**
   * A forgetting.
   *
   * @param still fails if the owner is there again
   */
  Forgetting(Collection<DocumentId> ids, Owner gone, Runnable still) {
    super(ids);
    this.gone = gone;
    this.still = still;
  }

  @Override
  void admit() {
    still.run();
  }

  @Override
  boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing rest =
        gone instanceof OrganisationId organisation
            ? sharing.without(organisation)
            : withoutGrants(sharing);
    boolean wrote = document.index().creator().equals(gone);
    if (!wrote && rest.equals(sharing)) {
      return false;
    }
    Document next = (wrote ? document.withoutCreator() : document).with(rest);
    draft.share(next, draft.history(document.id()), clock(draft, document));
    return true;
  }

  private Sharing withoutGrants(Sharing sharing) {
    return new Sharing(
        sharing.visibility(),
        sharing.grants().stream().filter(grant -> !grant.user().equals(gone)).toList(),
        sharing.organisation(),
        sharing.link());
  }
}
