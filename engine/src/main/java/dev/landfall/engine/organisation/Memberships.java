package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.Optional;

/**
 * Who is in an organisation: who has a place in it, and every administrator. Nothing is remembered,
 * so that every node obeys a change at once. Safe for concurrent use.
 */
public final class Memberships {
  private final OrganisationDirectory organisations;

  /** The memberships in {@code directory}. */
  public Memberships(Directory directory) {
    this.organisations = new OrganisationDirectory(directory);
  }

  /** Whether somebody is in an organisation. Costs one look-up if so. */
  public boolean isMember(OrganisationId organisation, UserId user) {
    return organisations.member(organisation, user).taken()
        || organisations.organisation(organisation).filter(o -> o.isAdmin(user)).isPresent();
  }

  /** What somebody is in an organisation; nothing if they are not in it, or there is none. */
  public Optional<Role> role(OrganisationId organisation, UserId user) {
    return organisations
        .organisation(organisation)
        .map(stored -> stored.role(user))
        .filter(role -> role == Role.ADMIN || organisations.member(organisation, user).taken());
  }

  /**
   * Finds that {@code user} may act for {@code owner}: for themselves, or for an organisation they
   * are in.
   *
   * @throws SyncException if not
   */
  public void check(UserId user, Owner owner) {
    boolean may =
        owner instanceof OrganisationId organisation
            ? isMember(organisation, user)
            : owner.equals(user);
    if (!may) {
      throw notAMember();
    }
  }

  /**
   * Finds that {@code user} may act for {@code owner}, and remembers that they do: a membership
   * that its member uses is theirs, whoever has made it.
   *
   * @throws SyncException if not
   */
  public void enter(UserId user, Owner owner) {
    if (owner instanceof OrganisationId organisation) {
      MemberRecord place = organisations.member(organisation, user);
      if (!place.taken()) {
        check(user, owner);
      } else if (!place.used()) {
        organisations.write(place.usedNow()); // who comes between is asked the next time
      }
    } else {
      check(user, owner);
    }
  }

  /** Whether {@code user} is an administrator of {@code organisation}. */
  public boolean isAdmin(OrganisationId organisation, UserId user) {
    return organisations.organisation(organisation).filter(one -> one.isAdmin(user)).isPresent();
  }

  /** The same for an organisation that is not there and for one the caller is not in. */
  public static SyncException notAMember() {
    return new SyncException(SyncProblem.NOT_A_MEMBER, "You are not a member of this organisation");
  }
}
