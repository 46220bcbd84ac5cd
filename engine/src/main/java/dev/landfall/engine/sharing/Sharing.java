package dev.landfall.engine.sharing;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Everybody;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.UserId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may read and write a document besides its owner. What is here counts from the commit that
 * stores it.
 *
 * @param visibility under {@link Visibility#PRIVATE} the grants are kept and grant nothing
 * @param grants at most one for a user and an application
 * @param organisation whose members read it under {@link Visibility#ORG}
 */
public record Sharing(
    Visibility visibility,
    List<Grant> grants,
    Optional<OrganisationId> organisation,
    Optional<ShareLink> link) {
  /** What a new document has. */
  public static final Sharing NONE =
      new Sharing(Visibility.PRIVATE, List.of(), Optional.empty(), Optional.empty());

  public Sharing {
    grants = List.copyOf(grants);
  }

  /** Everybody who reads a document of {@code owner} in {@code application}, the owner first. */
  public Set<Principal> readers(Owner owner, ApplicationName application) {
    if (visibility == Visibility.PRIVATE) {
      return Set.of(owner);
    }
    Set<Principal> readers = new LinkedHashSet<>();
    readers.add(owner);
    for (Grant grant : grants) {
      if (grant.application().equals(application)) {
        readers.add(grant.user());
      }
    }
    if (visibility == Visibility.ORG) {
      organisation.ifPresent(readers::add);
    }
    if (visibility == Visibility.PUBLIC) {
      readers.add(Everybody.EVERYBODY);
    }
    return readers;
  }

  /** Whether {@code user}, who is not the owner, may change the document. */
  public boolean lets(UserId user, ApplicationName application) {
    return visibility != Visibility.PRIVATE
        && grants.stream().anyMatch(grant -> grant.writes() && grant.sameAs(user, application));
  }

  /** With another visibility. */
  public Sharing withVisibility(Visibility next, Optional<OrganisationId> members) {
    return new Sharing(next, grants, members, link);
  }

  /** With {@code grant} in place of one for the same user and application. */
  public Sharing with(Grant grant) {
    List<Grant> next = new ArrayList<>(without(grant.user(), grant.application()).grants);
    next.add(grant);
    return new Sharing(visibility, next, organisation, link);
  }

  /** Without the grant for {@code user} in {@code application}. */
  public Sharing without(UserId user, ApplicationName application) {
    return new Sharing(
        visibility,
        grants.stream().filter(grant -> !grant.sameAs(user, application)).toList(),
        organisation,
        link);
  }

  /** Without an organisation whose members were to read it. */
  public Sharing without(OrganisationId members) {
    if (!organisation.equals(Optional.of(members))) {
      return this;
    }
    Visibility left = grants.isEmpty() ? Visibility.PRIVATE : Visibility.SHARED;
    return withVisibility(visibility == Visibility.ORG ? left : visibility, Optional.empty());
  }

  /** With another link, or none. */
  public Sharing withLink(Optional<ShareLink> next) {
    return new Sharing(visibility, grants, organisation, next);
  }
}
