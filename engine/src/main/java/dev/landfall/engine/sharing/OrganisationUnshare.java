package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import java.util.Collection;
import java.util.Optional;

/** Ends that the members of an organisation read some documents. */
public final class OrganisationUnshare extends EachDocument {
  private final OrganisationId organisation;

  public OrganisationUnshare(Collection<DocumentId> ids, OrganisationId organisation) {
    super(ids);
    this.organisation = organisation;
  }

  @Override
  protected void admit() {
    // whoever was the last to let them read is not asked
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    boolean shown =
        sharing.visibility() == Visibility.ORG
            && sharing.organisation().equals(Optional.of(organisation));
    if (shown) {
      draft.share(
          document.with(sharing.without(organisation)),
          draft.history(document.id()),
          clock(draft, document));
    }
    return shown;
  }
}
