package dev.landfall.webapp.sharing;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingPatch;
import java.util.List;
import java.util.Optional;

/** What whoever wrote a document first may make of its sharing. */
public final class SharingRules {
  private final Memberships memberships;

  /** Rules by {@code memberships}. */
  public SharingRules(Memberships memberships) {
    this.memberships = memberships;
  }

  /**
   * What {@code patch} makes of {@code sharing}.
   *
   * @throws SyncException if it is not allowed
   */
  Sharing apply(SharingPatch patch, Sharing sharing, UserId caller, Owner owner) {
    Sharing next;
    try {
      next = patch.applyTo(sharing);
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("orgId", String.valueOf(e.getMessage()));
    }
    if (!next.organisation().equals(sharing.organisation())) {
      next.organisation().ifPresent(id -> memberships.check(caller, id));
    }
    for (Grant grant : next.grants()) {
      if (grant.user().equals(owner)) {
        next = next.without(grant.user(), grant.application()); // has it anyway
      }
    }
    if (next.grants().size() + next.pending().size() > SharingJson.MAX_GRANTS) {
      throw new SyncException(
          SyncProblem.TOO_LARGE,
          "sharedWith: a document is shared with at most " + SharingJson.MAX_GRANTS + " people");
    }
    return next;
  }

  /**
   * What {@code patch}, which an import brings, makes of {@code sharing}: the same, or nobody reads
   * the document if that is not allowed. The list of people is kept in any case.
   *
   * @param replaces whether people who are not in the patch lose what they have
   */
  public Sharing restored(
      SharingPatch patch, boolean replaces, Sharing sharing, UserId caller, Owner owner) {
    Sharing kept = replaces ? sharing.withGrants(byLink(sharing)) : sharing;
    Optional<OrganisationId> readers =
        owner instanceof OrganisationId namespace ? Optional.of(namespace) : patch.organisation();
    boolean toOrganisation = patch.visibility().equals(Optional.of(Visibility.ORG));
    SharingPatch meant =
        new SharingPatch(
            patch.visibility(),
            patch.grants(),
            List.of(),
            toOrganisation ? readers : Optional.empty());
    try {
      return withLink(apply(meant, kept, caller, owner), kept);
    } catch (SyncException e) {
      if (e.problem() == SyncProblem.UNAVAILABLE) {
        throw e;
      }
      SharingPatch hidden =
          new SharingPatch(
              Optional.of(Visibility.PRIVATE), patch.grants(), List.of(), Optional.empty());
      return withLink(apply(hidden, kept, caller, owner), kept);
    }
  }

  /** What a link has granted is not in files, as the link is not. */
  private static List<Grant> byLink(Sharing sharing) {
    return sharing.grants().stream().filter(Grant::isByLink).toList();
  }

  /** A file does not say whether there is a link: one to a document that was private stays. */
  private static Sharing withLink(Sharing restored, Sharing kept) {
    return kept.visibility() == Visibility.PRIVATE ? restored.withLink(kept.link()) : restored;
  }
}
