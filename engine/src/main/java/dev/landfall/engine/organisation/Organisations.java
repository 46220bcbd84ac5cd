package dev.landfall.engine.organisation;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.organisation.OrganisationDirectory.Begun;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Organisations and who is in them. Safe for concurrent use by several threads and server nodes.
 *
 * <p>A change is more than one write to the directory. The one that decides comes first, so that
 * the truth is whole at every moment; whatever a crash leaves undone is done by repeating the
 * change:
 *
 * <ul>
 *   <li>An administrator is a member by that alone; the {@link MemberRecord} follows.
 *   <li>A removal begins with a {@link Departure} in the organisation's record and ends when that
 *       is gone. As long as it is there nobody can give the user a place or a role, so that a
 *       removal and a promotion at once never leave an administrator who is no member.
 *   <li>To give a place, look at the place before the organisation; to give a role, after it.
 * </ul>
 *
 * Every method throws {@link SyncException} where it refuses.
 */
public final class Organisations {
  /** The most items of a page. */
  public static final int MAX_PAGE = 1000;

  /** Of writes that lose a race; somebody wins each. */
  private static final int MAX_ATTEMPTS = 1000;

  private final OrganisationDirectory organisations;
  private final InstantSource time;
  private final Supplier<OrganisationId> ids;
  private final OrganisationLimits limits;
  private final MembershipObserver observer;

  /** Organisations within the limits that are the default. */
  public Organisations(
      Directory directory,
      InstantSource time,
      Supplier<OrganisationId> ids,
      MembershipObserver observer) {
    this(directory, time, ids, OrganisationLimits.DEFAULT, observer);
  }

  /**
   * The organisations in {@code directory}.
   *
   * @param ids makes an id that nobody has had
   */
  public Organisations(
      Directory directory,
      InstantSource time,
      Supplier<OrganisationId> ids,
      OrganisationLimits limits,
      MembershipObserver observer) {
    this.limits = limits;
    this.organisations = new OrganisationDirectory(directory);
    this.time = time;
    this.ids = ids;
    this.observer = observer;
  }

  /** Founds an organisation; {@code creator} is its administrator. */
  public Membership create(UserId creator, OrganisationName name) {
    checkFounder(creator);
    OrganisationId id = organisations.reserve(name, ids).orElseThrow(Organisations::busy);
    OrganisationRecord made = OrganisationRecord.first(id, name.text(), time.millis(), creator);
    MemberRecord place = MemberRecord.none(id, creator);
    if (!organisations.write(made)) {
      // Taken, unless a creation by the same user broke off here.
      made = organisations.organisation(id).orElseThrow(Organisations::busy);
      place = organisations.member(id, creator);
      if (made.version() > 1 || !made.isAdmin(creator) || place.version() > 0) {
        throw nameTaken();
      }
    }
    organisations.note(creator, id);
    MemberRecord taken = place.foundedAt(time.millis());
    if (!organisations.write(taken)) {
      throw nameTaken();
    }
    return new Membership(made.name(), member(taken, Role.ADMIN));
  }

  private void checkFounder(UserId user) {
    int[] counted = new int[2];
    eachPlace(
        user,
        place -> {
          counted[0] += place.founded() ? 1 : 0;
          counted[1] += place.taken() && place.used() ? 1 : 0;
        });
    if (counted[0] >= limits.founded()) {
      throw tooMany("You have founded", "founded", limits.founded());
    }
    if (counted[1] >= limits.joined()) {
      throw tooMany("You are in", "joined", limits.joined());
    }
  }

  private void checkRoom(UserId user) {
    int[] joined = new int[1];
    eachPlace(user, place -> joined[0] += place.taken() ? 1 : 0);
    if (joined[0] >= limits.joined()) {
      throw tooMany("This user is in", "joined", limits.joined());
    }
  }

  private void eachPlace(UserId user, Consumer<MemberRecord> work) {
    eachNoted(user, id -> work.accept(organisations.member(id, user)));
  }

  /**
   * The organisation that is meant where somebody names none: the only one they are in. One that
   * somebody else has put them in, and that they have never acted for, does not count.
   */
  public Optional<OrganisationId> only(UserId user) {
    List<OrganisationId> used = new ArrayList<>();
    eachPlace(
        user,
        place -> {
          if (place.taken() && place.used()) {
            used.add(place.organisation());
          }
        });
    return used.size() == 1 ? Optional.of(used.get(0)) : Optional.empty();
  }

  /** Those of {@code others} who are in an organisation that {@code one} is in, too. */
  public Set<UserId> fellows(UserId one, Collection<UserId> others) {
    Set<OrganisationId> noted = new HashSet<>();
    eachNoted(one, noted::add);
    Map<OrganisationId, Boolean> in = new HashMap<>();
    Set<UserId> fellows = new HashSet<>();
    for (UserId other : others) {
      eachNoted(
          other,
          id -> {
            if (noted.contains(id)
                && isIn(id, other)
                && in.computeIfAbsent(id, unused -> isIn(id, one))) {
              fellows.add(other);
            }
          });
    }
    return fellows;
  }

  private boolean isIn(OrganisationId id, UserId user) {
    MemberRecord place = organisations.member(id, user);
    return organisations
        .organisation(id)
        .filter(stored -> place.taken() || stored.isAdmin(user))
        .isPresent();
  }

  /**
   * The organisations somebody is in, in the order of their ids.
   *
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public Page<Membership> of(UserId user, Optional<OrganisationId> after, int limit) {
    Page<OrganisationId> noted = organisations.noted(user, after, limit);
    List<Membership> memberships = new ArrayList<>();
    for (OrganisationId id : noted.items()) {
      MemberRecord place = organisations.member(id, user);
      organisations
          .organisation(id)
          .filter(stored -> place.taken() || stored.isAdmin(user))
          .map(stored -> new Membership(stored.name(), member(place, stored.role(user))))
          .ifPresent(memberships::add);
    }
    return new Page<>(memberships, noted.after());
  }

  /**
   * The members of an organisation, in the order of their ids.
   *
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public Page<Member> members(
      UserId caller, OrganisationId organisation, Optional<UserId> after, int limit) {
    OrganisationRecord stored = require(organisation);
    if (!stored.isAdmin(caller) && !organisations.member(organisation, caller).taken()) {
      throw Memberships.notAMember();
    }
    Page<MemberRecord> places = organisations.members(organisation, after, limit);
    return new Page<>(
        places.items().stream()
            .filter(MemberRecord::taken)
            .map(place -> member(place, stored.role(place.user())))
            .toList(),
        places.after());
  }

  /** Who is in an organisation, in the order of their ids; nobody if there is none. */
  public List<UserId> everybodyIn(OrganisationId organisation) {
    List<UserId> all = new ArrayList<>();
    Optional<UserId> after = Optional.empty();
    do {
      Page<MemberRecord> page = organisations.members(organisation, after, MAX_PAGE);
      page.items().stream().filter(MemberRecord::taken).map(MemberRecord::user).forEach(all::add);
      after = page.after().map(UserId::new);
    } while (after.isPresent());
    return all;
  }

  /** An organisation, for one of its administrators; whoever is not one is refused. */
  public Administered administered(UserId caller, OrganisationId organisation) {
    OrganisationRecord stored = require(organisation);
    requireAdmin(stored, caller);
    return new Administered(stored.id(), stored.name(), Instant.ofEpochMilli(stored.createdAt()));
  }

  /**
   * All organisations, in the order of their ids, for operators.
   *
   * @param limit 1 to {@link #MAX_PAGE}
   */
  public Page<Administered> all(Optional<OrganisationId> after, int limit) {
    Page<OrganisationRecord> page = organisations.all(after, limit);
    return new Page<>(
        page.items().stream()
            .map(
                stored ->
                    new Administered(
                        stored.id(), stored.name(), Instant.ofEpochMilli(stored.createdAt())))
            .toList(),
        page.after());
  }

  /** The same; nothing if there is none, or {@code user} is no administrator of it. */
  public Optional<Administered> administeredBy(UserId user, OrganisationId organisation) {
    return organisations
        .organisation(organisation)
        .filter(stored -> stored.isAdmin(user))
        .map(
            stored ->
                new Administered(
                    stored.id(), stored.name(), Instant.ofEpochMilli(stored.createdAt())));
  }

  /** Lets somebody in, as an administrator. Whether there is such a user is not looked at. */
  public Member add(UserId caller, OrganisationId organisation, UserId user, Role role) {
    return add(caller, organisation, user, role, false);
  }

  /**
   * Lets somebody in who wants to be, as an administrator who has invited them. Whoever is in
   * already stays as they are, and has taken their membership up.
   */
  public Member join(UserId inviter, OrganisationId organisation, UserId user, Role role) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(organisation, user);
      if (!place.taken()) {
        try {
          return add(inviter, organisation, user, role, true);
        } catch (SyncException e) {
          if (e.problem() != SyncProblem.CONFLICT) {
            throw e;
          }
        }
      } else if (place.used() || organisations.write(place.usedNow())) {
        return member(place, require(organisation).role(user));
      }
    }
    throw busy();
  }

  /** Somebody's place in an organisation. */
  public Place place(OrganisationId organisation, UserId user) {
    MemberRecord place = organisations.member(organisation, user);
    return new Place(place.version(), place.taken(), place.since());
  }

  private Member add(
      UserId caller, OrganisationId organisation, UserId user, Role role, boolean wanted) {
    boolean promoted = false;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(organisation, user);
      OrganisationRecord stored = require(organisation);
      if (promoted && (place.taken() || !stored.isAdmin(user))) {
        return member(place, role); // the rest was done, or undone, by somebody else
      }
      if (!promoted) {
        requireAdmin(stored, caller);
      }
      Optional<Departure> departure = stored.departure(user);
      if (departure.isPresent()) {
        complete(organisation, departure.get());
        continue;
      }
      if (place.taken()) {
        throw alreadyAMember();
      }
      boolean unfinished = stored.isAdmin(user);
      if (!unfinished) {
        checkRoom(user);
      }
      if (role == Role.ADMIN && !unfinished) {
        if (!organisations.write(stored.with(user, role))) {
          continue;
        }
        promoted = true;
      }
      Optional<MemberRecord> taken = take(place, wanted);
      if (taken.isPresent()) {
        if (organisations.organisation(organisation).isEmpty()) {
          organisations.remove(organisation, user); // it has been closed meanwhile
        }
        require(organisation);
        if (unfinished && role == Role.MEMBER) {
          throw alreadyAMember();
        }
        return member(taken.get(), role);
      }
    }
    throw busy();
  }

  /** Makes a member an administrator, or an administrator a plain member; as an administrator. */
  public Member changeRole(UserId caller, OrganisationId organisation, UserId user, Role role) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(organisation, user);
      OrganisationRecord stored = require(organisation);
      if (!stored.isAdmin(caller)) {
        throw refusal(stored, user, attempt);
      }
      if (stored.departure(user).isPresent() || !(place.taken() || stored.isAdmin(user))) {
        throw noSuchMember();
      }
      if (!place.taken()) {
        take(place, false); // an administrator with the place still to come
      } else if (stored.role(user) == role) {
        return member(place, role);
      } else if (organisations.member(organisation, user).taken()
          && organisations.write(stored.with(user, role))) {
        return member(place, role);
      }
    }
    throw busy();
  }

  /**
   * Removes a member: as an administrator, or oneself. When this returns, {@link
   * MembershipObserver} has heard of it.
   */
  public void remove(UserId caller, OrganisationId organisation, UserId user) {
    remove(caller, organisation, user, unused -> {});
  }

  /**
   * Removes a member: as an administrator, or oneself. Whoever has been put into an organisation
   * and never acted for it can go even as its last administrator: then the one who is a member for
   * the longest time follows.
   *
   * @param alone takes the organisation if they were put into it and nobody else is in it
   */
  public void remove(
      UserId caller, OrganisationId organisation, UserId user, Consumer<OrganisationId> alone) {
    MemberRecord place = organisations.member(organisation, user);
    if (caller.equals(user) && place.taken() && !place.used()) {
      leave(organisation, user, alone);
    } else {
      complete(organisation, depart(caller, organisation, user));
    }
  }

  /**
   * Completes removals in whose middle a server has stopped.
   *
   * @param age of those that are looked at: what is younger is perhaps still being done
   * @return how many were completed
   */
  public int resume(Duration age) {
    int resumed = 0;
    long latest = time.millis() - age.toMillis();
    Optional<Begun> after = Optional.empty();
    List<Begun> page;
    do {
      page = organisations.departures(after, MAX_PAGE);
      for (Begun begun : page) {
        after = Optional.of(begun);
        if (begun.notedAt() <= latest) {
          Optional<Departure> departure =
              organisations
                  .organisation(begun.organisation())
                  .flatMap(stored -> stored.departure(begun.user()));
          if (departure.isPresent()) {
            complete(begun.organisation(), departure.get());
            resumed++;
          } else {
            organisations.forget(begun);
          }
        }
      }
    } while (page.size() == MAX_PAGE);
    return resumed;
  }

  // ---- the end of organisations and of users

  /**
   * The organisations that keep {@code user} from going: nobody else is administrator of them, and
   * others are members. One that somebody else has put them in, and that they have never acted for,
   * keeps nobody.
   */
  public List<Membership> needing(UserId user) {
    List<Membership> needing = new ArrayList<>();
    eachNoted(
        user,
        id ->
            organisations
                .organisation(id)
                .filter(stored -> stored.isOnlyAdmin(user) && heir(id, user).isPresent())
                .filter(stored -> organisations.member(id, user).used())
                .map(
                    stored ->
                        new Membership(
                            stored.name(), member(organisations.member(id, user), Role.ADMIN)))
                .ifPresent(needing::add));
    return needing;
  }

  /**
   * Takes a user who is gone out of every organisation, and forgets that they were there. Repeating
   * it completes it. Should they have become the only administrator of others meanwhile, the one
   * who is a member for the longest time follows.
   *
   * @param alone takes the organisations in which nobody else is
   */
  public void forget(UserId user, Consumer<OrganisationId> alone) {
    eachNoted(
        user,
        id -> {
          leave(id, user, alone);
          organisations.remove(id, user);
        });
  }

  private void eachNoted(UserId user, Consumer<OrganisationId> work) {
    Optional<OrganisationId> after = Optional.empty();
    do {
      Page<OrganisationId> page = organisations.noted(user, after, MAX_PAGE);
      page.items().forEach(work);
      after = page.after().map(OrganisationId::new);
    } while (after.isPresent());
  }

  private void leave(OrganisationId id, UserId user, Consumer<OrganisationId> alone) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(id, user);
      Optional<OrganisationRecord> found = organisations.organisation(id);
      if (found.isEmpty()) {
        return;
      }
      OrganisationRecord stored = found.get();
      Optional<Departure> begun = stored.departure(user);
      if (begun.isPresent()) {
        complete(id, begun.get());
        return;
      }
      if (!place.taken() && !stored.isAdmin(user)) {
        return;
      }
      if (!stored.isOnlyAdmin(user)) {
        complete(id, depart(user, id, user));
        return;
      }
      Optional<UserId> heir = heir(id, user);
      if (heir.isEmpty()) {
        alone.accept(id);
        return;
      }
      organisations.write(stored.with(heir.get(), Role.ADMIN)); // then we look again
    }
    throw busy();
  }

  /** The one among the others who is a member for the longest time, one who acts for it first. */
  private Optional<UserId> heir(OrganisationId id, UserId user) {
    Optional<MemberRecord> heir = Optional.empty();
    Optional<UserId> after = Optional.empty();
    do {
      Page<MemberRecord> page = organisations.members(id, after, MAX_PAGE);
      for (MemberRecord place : page.items()) {
        boolean other = place.taken() && !place.user().equals(user);
        if (other && (heir.isEmpty() || precedes(place, heir.get()))) {
          heir = Optional.of(place);
        }
      }
      after = page.after().map(UserId::new);
    } while (after.isPresent());
    return heir.map(MemberRecord::user);
  }

  private static boolean precedes(MemberRecord one, MemberRecord other) {
    return one.used() == other.used() ? one.since() < other.since() : one.used();
  }

  /**
   * Finds that {@code caller} may delete an organisation.
   *
   * @throws SyncException if there is none, or the caller is not its administrator
   */
  public void requireAdmin(UserId caller, OrganisationId organisation) {
    requireAdmin(require(organisation), caller);
  }

  /**
   * Ends an organisation: from now on there is none, on every node, and nobody can be let in. To be
   * followed by {@link #dismiss} and, when nothing of it is left, {@link #remove(OrganisationId)}.
   */
  public void close(OrganisationId organisation) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<OrganisationRecord> stored = organisations.organisation(organisation);
      if (stored.isEmpty() || organisations.close(stored.get())) {
        return;
      }
    }
    throw busy();
  }

  /** Forgets who is or was in an organisation that is closed. */
  public void dismiss(OrganisationId organisation) {
    Page<MemberRecord> page = organisations.members(organisation, Optional.empty(), MAX_PAGE);
    while (!page.items().isEmpty()) {
      page.items().forEach(place -> organisations.dismiss(organisation, place.user()));
      page = organisations.members(organisation, Optional.empty(), MAX_PAGE);
    }
  }

  /** Removes what is left of an organisation that is closed; its name is free then. */
  public void remove(OrganisationId organisation) {
    organisations.removeClosed(organisation);
  }

  private Departure depart(UserId caller, OrganisationId organisation, UserId user) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(organisation, user);
      OrganisationRecord stored = require(organisation);
      Optional<Departure> begun = stored.departure(user);
      boolean member = place.taken() || stored.isAdmin(user);
      if (!stored.isAdmin(caller) && !(caller.equals(user) && (member || begun.isPresent()))) {
        throw refusal(stored, user, attempt);
      }
      if (begun.isPresent()) {
        return begun.get();
      }
      if (!member) {
        throw noSuchMember();
      }
      if (stored.leaving().size() == OrganisationRecord.MAX_LEAVING) {
        complete(organisation, stored.leaving().get(0));
        continue;
      }
      OrganisationRecord next = stored.withDeparture(user);
      organisations.noteDeparture(organisation, user, time.millis());
      if (organisations.write(next)) {
        return new Departure(user, next.version());
      }
    }
    throw busy();
  }

  /** Carries a removal out; nothing, if somebody else has. */
  private void complete(OrganisationId organisation, Departure departure) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      MemberRecord place = organisations.member(organisation, departure.user());
      if (leaving(organisation, departure).isEmpty()) {
        return; // whoever has completed it forgets that it had begun
      }
      // Even if there was nobody in it: who is about to take it must notice.
      if (organisations.write(place.left(time.millis()))) {
        observer.removed(organisation, departure.user());
        forget(organisation, departure);
        return;
      }
    }
    throw busy();
  }

  private void forget(OrganisationId organisation, Departure departure) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Optional<OrganisationRecord> stored = leaving(organisation, departure);
      if (stored.isEmpty() || organisations.write(stored.get().without(departure))) {
        organisations.forgetDeparture(organisation, departure.user());
        return;
      }
    }
    throw busy();
  }

  /** The organisation, if that removal is not complete. */
  private Optional<OrganisationRecord> leaving(OrganisationId organisation, Departure departure) {
    return organisations
        .organisation(organisation)
        .filter(stored -> stored.leaving().contains(departure));
  }

  /** Lets a user into their place; nothing if the place has changed since it was looked at. */
  private Optional<MemberRecord> take(MemberRecord place, boolean wanted) {
    organisations.note(place.user(), place.organisation());
    MemberRecord taken = place.joined(time.millis(), wanted);
    return organisations.write(taken) ? Optional.of(taken) : Optional.empty();
  }

  private static Member member(MemberRecord place, Role role) {
    return new Member(
        place.organisation(), place.user(), role, Instant.ofEpochMilli(place.since()));
  }

  private OrganisationRecord require(OrganisationId organisation) {
    return organisations
        .organisation(organisation)
        .orElseThrow(
            () -> new SyncException(SyncProblem.NOT_FOUND, "There is no such organisation"));
  }

  private static void requireAdmin(OrganisationRecord stored, UserId caller) {
    if (!stored.isAdmin(caller)) {
      throw notAnAdmin();
    }
  }

  /** Why somebody who is no administrator, or has just ceased to be, cannot change {@code user}. */
  private static SyncException refusal(OrganisationRecord stored, UserId user, int attempt) {
    return attempt > 0 && stored.isOnlyAdmin(user) ? OrganisationRecord.lastAdmin() : notAnAdmin();
  }

  private static SyncException notAnAdmin() {
    return new SyncException(
        SyncProblem.FORBIDDEN, "You are not an administrator of this organisation");
  }

  private static SyncException noSuchMember() {
    return new SyncException(SyncProblem.NOT_FOUND, "There is no such member");
  }

  private static SyncException alreadyAMember() {
    return new SyncException(SyncProblem.CONFLICT, "This user is a member already");
  }

  private static SyncException nameTaken() {
    return new SyncException(SyncProblem.CONFLICT, "There is an organisation of this name already");
  }

  private static SyncException tooMany(String who, String limit, int max) {
    return new SyncException(
        SyncProblem.OUT_OF_ROOM,
        who + " " + max + " organisations already",
        JsonObject.builder().put("limit", limit).put("max", max).build());
  }

  private static SyncException busy() {
    return new SyncException(
        SyncProblem.UNAVAILABLE, "the organisation is being changed by too many at once");
  }
}
