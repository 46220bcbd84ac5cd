package dev.landfall.engine.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Origin;
import dev.landfall.engine.document.PendingGrant;
import dev.landfall.engine.document.Sharing;
import java.util.Collection;
import java.util.Optional;

/** Gives somebody what was granted to an address that is theirs. */
public final class Claim extends EachDocument {
  private final String address;
  private final UserId user;
  private final Admission admission;
  private final SharingGuard guard;

  /**
   * A claim.
   *
   * @param address that a provider has verified for {@code user}
   */
  public Claim(
      Collection<DocumentId> ids,
      String address,
      UserId user,
      Admission admission,
      SharingGuard guard) {
    super(ids);
    this.address = address;
    this.user = user;
    this.admission = admission;
    this.guard = guard;
  }

  @Override
  protected void admit() {
    admission.check(user, user);
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing before = document.index().sharing();
    HybridTimestamp clock = null;
    Sharing after = before;
    for (PendingGrant pending : before.pending()) {
      if (pending.address().equals(address)) {
        clock = clock == null ? clock(draft, document) : clock;
        after = after.without(address, pending.application());
        after = granted(after, pending, document, clock);
      }
    }
    if (clock == null) {
      return false;
    }
    draft.share(document.with(after), draft.history(document.id()), clock);
    return true;
  }

  /** Whoever has the document anyway, or has been given it since, keeps what they have. */
  private Sharing granted(
      Sharing sharing, PendingGrant pending, Document document, HybridTimestamp clock) {
    ApplicationName application = pending.application();
    boolean has =
        document.id().owner().equals(user)
            || sharing.grants().stream().anyMatch(one -> one.sameAs(user, application));
    if (has) {
      return sharing;
    }
    UserId giver = pending.giver().orElse(document.index().creator());
    return sharing.with(
        new Grant(
            user,
            application,
            pending.writes(),
            Optional.of(giver),
            clock,
            guard.blockersOf(giver).contains(user),
            new Origin.ByAddress(address)));
  }
}
