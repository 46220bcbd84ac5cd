package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.Sharing;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Takes an owner who is gone out of the documents of others: as the one who wrote them first, and
 * as one with whom they are shared.
 */
final class Forgetting implements Submission<Boolean> {
  private final Set<DocumentId> ids;
  private final Owner gone;
  private final Runnable still;

  /**
   * A forgetting.
   *
   * @param still fails if the owner is there again
   */
  Forgetting(Collection<DocumentId> ids, Owner gone, Runnable still) {
    this.ids = new LinkedHashSet<>(ids);
    this.gone = gone;
    this.still = still;
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
  public Boolean decide(Draft draft) {
    still.run();
    for (DocumentId id : ids) {
      draft.document(id).ifPresent(document -> forget(draft, document));
    }
    return true;
  }

  private void forget(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing rest =
        gone instanceof OrganisationId organisation
            ? sharing.without(organisation)
            : withoutGrants(sharing);
    boolean wrote = document.index().creator().equals(gone);
    if (wrote || !rest.equals(sharing)) {
      DocumentId id = document.id();
      Document next = (wrote ? document.withoutCreator() : document).with(rest);
      HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
      draft.share(next, draft.history(id), clock);
    }
  }

  private Sharing withoutGrants(Sharing sharing) {
    return new Sharing(
        sharing.visibility(),
        sharing.grants().stream().filter(grant -> !grant.user().equals(gone)).toList(),
        sharing.organisation(),
        sharing.link());
  }
}
