package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.Sharing;
import dev.landfall.engine.sharing.Visibility;
import java.util.Optional;
import java.util.Set;

/** Ends that the members of an organisation read some documents. */
final class Withdrawal implements Submission<Boolean> {
  private final Set<DocumentId> ids;
  private final OrganisationId organisation;

  Withdrawal(Set<DocumentId> ids, OrganisationId organisation) {
    this.ids = ids;
    this.organisation = organisation;
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
    for (DocumentId id : ids) {
      draft.document(id).filter(this::isShown).ifPresent(document -> withdraw(draft, document));
    }
    return true;
  }

  private boolean isShown(Document document) {
    Sharing sharing = document.index().sharing();
    return sharing.visibility() == Visibility.ORG
        && sharing.organisation().equals(Optional.of(organisation));
  }

  private void withdraw(Draft draft, Document document) {
    DocumentId id = document.id();
    HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
    draft.share(
        document.with(document.index().sharing().without(organisation)), draft.history(id), clock);
  }
}
