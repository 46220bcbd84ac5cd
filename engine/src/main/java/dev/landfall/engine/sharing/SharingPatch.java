package dev.landfall.engine.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.PendingGrant;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import java.util.List;
import java.util.Optional;

/**
 * A change of who reads a document; what is left out stays as it is. Who asks for {@link
 * Visibility#PRIVATE} ends the link, too.
 *
 * @param grants replace those for the same user and application
 * @param pending replace those for the same address and application
 * @param withdrawn end grants; taking away what was not given is no error
 * @param withdrawnAddresses likewise
 * @param organisation for {@link Visibility#ORG}
 */
public record SharingPatch(
    Optional<Visibility> visibility,
    List<Grant> grants,
    List<PendingGrant> pending,
    List<Withdrawn> withdrawn,
    List<WithdrawnAddress> withdrawnAddresses,
    Optional<OrganisationId> organisation) {

  /** A grant to take away. */
  public record Withdrawn(UserId user, ApplicationName application) {}

  /** What was granted to an address, to take away. */
  public record WithdrawnAddress(String address, ApplicationName application) {}

  public SharingPatch {
    grants = List.copyOf(grants);
    pending = List.copyOf(pending);
    withdrawn = List.copyOf(withdrawn);
    withdrawnAddresses = List.copyOf(withdrawnAddresses);
  }

  /** A change that names no addresses. */
  public SharingPatch(
      Optional<Visibility> visibility,
      List<Grant> grants,
      List<Withdrawn> withdrawn,
      Optional<OrganisationId> organisation) {
    this(visibility, grants, List.of(), withdrawn, List.of(), organisation);
  }

  /** The same for the members of an organisation. */
  public SharingPatch of(Optional<OrganisationId> readers) {
    return new SharingPatch(visibility, grants, pending, withdrawn, withdrawnAddresses, readers);
  }

  /**
   * What it makes of {@code sharing}.
   *
   * @throws IllegalArgumentException if the organisation is missing whose members are to read, or
   *     one is named that would not; nothing has changed
   */
  public Sharing applyTo(Sharing sharing) {
    Visibility next = visibility.orElse(sharing.visibility());
    if (organisation.isPresent() && next != Visibility.ORG) {
      throw new IllegalArgumentException("goes with the visibility \"org\" only");
    }
    Optional<OrganisationId> readers =
        next == Visibility.ORG ? organisation.or(sharing::organisation) : Optional.empty();
    if (next == Visibility.ORG && readers.isEmpty()) {
      throw new IllegalArgumentException(
          "is missing: the owner is in no organisation or in several");
    }
    Sharing result = sharing.withVisibility(next, readers);
    if (visibility.equals(Optional.of(Visibility.PRIVATE))) {
      result = result.withLink(Optional.empty());
    }
    for (Withdrawn one : withdrawn) {
      result = result.without(one.user(), one.application());
    }
    for (WithdrawnAddress one : withdrawnAddresses) {
      result = result.without(one.address(), one.application());
    }
    for (Grant grant : grants) {
      result = result.with(grant);
    }
    for (PendingGrant grant : pending) {
      result = result.with(grant);
    }
    return result;
  }
}
