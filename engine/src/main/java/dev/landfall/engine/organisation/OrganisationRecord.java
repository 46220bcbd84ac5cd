package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An organisation as the directory has it, and its next versions. There is always an administrator,
 * and nobody is administrator and leaving.
 *
 * @param createdAt milliseconds since the Unix epoch
 * @param admins the only place that says who they are
 * @param leaving removals that are not complete
 */
record OrganisationRecord(
    OrganisationId id,
    long version,
    String name,
    long createdAt,
    List<UserId> admins,
    List<Departure> leaving) {
  /** As many of the longest ids as a record of the directory holds. */
  static final int MAX_ADMINS = 300;

  /** More than one is a sign of crashes. */
  static final int MAX_LEAVING = 16;

  OrganisationRecord {
    if (admins.isEmpty()) {
      throw new IllegalArgumentException("an organisation without administrator");
    }
    admins = List.copyOf(admins);
    leaving = List.copyOf(leaving);
  }

  static OrganisationRecord first(OrganisationId id, String name, long createdAt, UserId creator) {
    return new OrganisationRecord(id, 1, name, createdAt, List.of(creator), List.of());
  }

  boolean isAdmin(UserId user) {
    return admins.contains(user);
  }

  boolean isOnlyAdmin(UserId user) {
    return admins.size() == 1 && isAdmin(user);
  }

  /** What a member is. */
  Role role(UserId user) {
    return isAdmin(user) ? Role.ADMIN : Role.MEMBER;
  }

  Optional<Departure> departure(UserId user) {
    return leaving.stream().filter(one -> one.user().equals(user)).findAny();
  }

  /** With {@code user}, a member, in that role. */
  OrganisationRecord with(UserId user, Role role) {
    List<UserId> next = others(user);
    if (role == Role.ADMIN) {
      next.add(user);
    }
    return next(next, leaving);
  }

  /** Where {@code user} is on the way out. */
  OrganisationRecord withDeparture(UserId user) {
    List<Departure> next = new ArrayList<>(leaving);
    next.add(new Departure(user, version + 1));
    return next(others(user), next);
  }

  /** Where a removal is complete. */
  OrganisationRecord without(Departure departure) {
    return next(admins, leaving.stream().filter(one -> !one.equals(departure)).toList());
  }

  private List<UserId> others(UserId user) {
    List<UserId> others = new ArrayList<>(admins);
    others.remove(user);
    return others;
  }

  private OrganisationRecord next(List<UserId> nextAdmins, List<Departure> nextLeaving) {
    if (nextAdmins.isEmpty()) {
      throw lastAdmin();
    }
    if (nextAdmins.size() > MAX_ADMINS) {
      throw new SyncException(
          SyncProblem.TOO_MANY_ADMINS,
          "an organisation has at most " + MAX_ADMINS + " administrators");
    }
    return new OrganisationRecord(id, version + 1, name, createdAt, nextAdmins, nextLeaving);
  }

  static SyncException lastAdmin() {
    return new SyncException(
        SyncProblem.LAST_ADMIN, "This is the last administrator of the organisation");
  }
}
