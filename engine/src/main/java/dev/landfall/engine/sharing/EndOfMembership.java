package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import java.util.Collection;

/**
 * Leaves a former member nothing of the documents of an organisation: neither what was granted to
 * them nor the links that they made.
 */
public final class EndOfMembership extends EachDocument {
  private final UserId former;

  public EndOfMembership(Collection<DocumentId> ids, UserId former) {
    super(ids);
    this.former = former;
  }

  @Override
  protected void admit() {
    // the membership has ended already
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing rest = sharing.withoutGrantsTo(former).withoutLinkOf(former).withoutPendingOf(former);
    if (rest.equals(sharing)) {
      return false;
    }
    draft.share(document.with(rest), draft.history(document.id()), clock(draft, document));
    return true;
  }
}
