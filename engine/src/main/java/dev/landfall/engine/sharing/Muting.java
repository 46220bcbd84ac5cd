package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import java.util.Collection;
import java.util.Optional;

/**
 * Ends what somebody has granted to somebody who takes nothing from them any more. The grants stay
 * and grant nothing: the giver is not told.
 */
public final class Muting extends EachDocument {
  private final UserId giver;
  private final UserId taker;

  public Muting(Collection<DocumentId> ids, UserId giver, UserId taker) {
    super(ids);
    this.giver = giver;
    this.taker = taker;
  }

  @Override
  protected void admit() {
    // the taker has decided it
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing muted =
        sharing.withGrants(
            sharing.grants().stream().map(grant -> isMeant(grant) ? grant.mute() : grant).toList());
    if (muted.equals(sharing)) {
      return false;
    }
    draft.share(document.with(muted), draft.history(document.id()), clock(draft, document));
    return true;
  }

  private boolean isMeant(Grant grant) {
    return grant.user().equals(taker) && grant.giver().equals(Optional.of(giver));
  }
}
