package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.UserId;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.sharing.Grant;
import dev.landfall.engine.sharing.Sharing;
import java.util.Collection;
import java.util.Optional;

/**
 * Ends what somebody has granted to somebody who takes nothing from them any more. The grants stay
 * and grant nothing: the giver is not told.
 */
final class Muting extends EachDocument {
  private final UserId giver;
  private final UserId taker;

  Muting(Collection<DocumentId> ids, UserId giver, UserId taker) {
    super(ids);
    this.giver = giver;
    this.taker = taker;
  }

  @Override
  void admit() {
    // the taker has decided it
  }

  @Override
  boolean apply(Draft draft, Document document) {
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
