package dev.landfall.engine.organisation;

import static dev.landfall.engine.organisation.Town.ALICE;
import static dev.landfall.engine.organisation.Town.BOB;
import static dev.landfall.engine.organisation.Town.CAROL;
import static dev.landfall.engine.organisation.Town.START;
import static dev.landfall.engine.organisation.Town.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OrganisationsTest {
  private static final OrganisationId NOWHERE = new OrganisationId("nowhere");
  private static final OrganisationName ACME = new OrganisationName("Acme");

  private final Town town = new Town();
  private final Organisations organisations = town.organisations;
  private final Memberships memberships = town.memberships;

  @Test
  void whoFoundsAnOrganisationIsItsAdministrator() {
    Membership founded = organisations.create(ALICE, new OrganisationName(" Acme "));

    Member alice = founded.member();
    assertThat(founded.name()).isEqualTo("Acme");
    assertThat(alice.role()).isEqualTo(Role.ADMIN);
    assertThat(alice.joinedAt()).isEqualTo(START);
    assertThat(memberships.role(alice.organisation(), ALICE)).contains(Role.ADMIN);
    assertThat(town.of(ALICE)).containsExactly("Acme:org-admin");
    assertThat(town.members(alice.organisation(), ALICE)).containsExactly("alice:org-admin");
  }

  @Test
  void aNameIsGivenOnce() {
    organisations.create(ALICE, ACME);

    assertRefused(
        SyncProblem.CONFLICT, () -> organisations.create(BOB, new OrganisationName("ＡCME ")));
    assertRefused(SyncProblem.CONFLICT, () -> organisations.create(ALICE, ACME));
    assertThat(town.of(BOB)).isEmpty();
    assertThat(town.of(ALICE)).hasSize(1);
  }

  @Test
  void whoIsAddedIsAMemberAtOnceAndSeesTheOthers() {
    OrganisationId acme = town.acme(ALICE);
    town.now = START.plusSeconds(60);

    Member bob = organisations.add(ALICE, acme, BOB, Role.MEMBER);

    assertThat(bob).isEqualTo(new Member(acme, BOB, Role.MEMBER, START.plusSeconds(60)));
    assertThat(memberships.isMember(acme, BOB)).isTrue();
    assertThat(town.members(acme, BOB)).containsExactly("alice:org-admin", "bob:member");
    assertThat(town.of(BOB)).containsExactly("Acme:member");
    assertRefused(SyncProblem.CONFLICT, () -> organisations.add(ALICE, acme, BOB, Role.ADMIN));
    assertThat(memberships.role(acme, BOB)).contains(Role.MEMBER);
  }

  @Test
  void somebodyCanBeAddedAsAnAdministrator() {
    OrganisationId acme = town.acme(ALICE);

    organisations.add(ALICE, acme, BOB, Role.ADMIN);
    organisations.add(BOB, acme, CAROL, Role.MEMBER);

    assertThat(town.members(acme, CAROL))
        .containsExactly("alice:org-admin", "bob:org-admin", "carol:member");
  }

  @Test
  void onlyAnAdministratorChangesAnything() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.MEMBER);

    for (UserId caller : List.of(BOB, CAROL)) {
      assertRefused(
          SyncProblem.FORBIDDEN, () -> organisations.add(caller, acme, CAROL, Role.MEMBER));
      assertRefused(
          SyncProblem.FORBIDDEN, () -> organisations.changeRole(caller, acme, BOB, Role.ADMIN));
      assertRefused(SyncProblem.FORBIDDEN, () -> organisations.remove(caller, acme, ALICE));
    }
    assertRefused(SyncProblem.FORBIDDEN, () -> organisations.remove(CAROL, acme, CAROL));
    assertRefused(SyncProblem.NOT_A_MEMBER, () -> town.members(acme, CAROL));
    assertThat(town.members(acme, ALICE)).containsExactly("alice:org-admin", "bob:member");
  }

  @Test
  void anOrganisationThatIsNotThereIsNotFound() {
    assertRefused(SyncProblem.NOT_FOUND, () -> organisations.add(ALICE, NOWHERE, BOB, Role.MEMBER));
    assertRefused(
        SyncProblem.NOT_FOUND, () -> organisations.changeRole(ALICE, NOWHERE, BOB, Role.ADMIN));
    assertRefused(SyncProblem.NOT_FOUND, () -> organisations.remove(ALICE, NOWHERE, ALICE));
    assertRefused(SyncProblem.NOT_FOUND, () -> town.members(NOWHERE, ALICE));
    assertThat(memberships.role(NOWHERE, ALICE)).isEmpty();
  }

  @Test
  void aMemberWhoIsNotThereIsNotFound() {
    OrganisationId acme = town.acme(ALICE);

    assertRefused(
        SyncProblem.NOT_FOUND, () -> organisations.changeRole(ALICE, acme, BOB, Role.ADMIN));
    assertRefused(SyncProblem.NOT_FOUND, () -> organisations.remove(ALICE, acme, BOB));
  }

  @Test
  void rolesChangeAndChangeBack() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.MEMBER);

    Member promoted = organisations.changeRole(ALICE, acme, BOB, Role.ADMIN);
    Member demoted = organisations.changeRole(BOB, acme, ALICE, Role.MEMBER);

    assertThat(promoted.role()).isEqualTo(Role.ADMIN);
    assertThat(demoted).isEqualTo(new Member(acme, ALICE, Role.MEMBER, START));
    assertThat(organisations.changeRole(BOB, acme, ALICE, Role.MEMBER)).isEqualTo(demoted);
    assertThat(town.members(acme, ALICE)).containsExactly("alice:member", "bob:org-admin");
    assertRefused(
        SyncProblem.FORBIDDEN, () -> organisations.changeRole(ALICE, acme, ALICE, Role.ADMIN));
  }

  @Test
  void theLastAdministratorStays() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.MEMBER);

    assertRefused(SyncProblem.LAST_ADMIN, () -> organisations.remove(ALICE, acme, ALICE));
    assertRefused(
        SyncProblem.LAST_ADMIN, () -> organisations.changeRole(ALICE, acme, ALICE, Role.MEMBER));
    organisations.changeRole(ALICE, acme, BOB, Role.ADMIN);
    organisations.remove(ALICE, acme, ALICE);

    assertThat(town.members(acme, BOB)).containsExactly("bob:org-admin");
  }

  @Test
  void whoIsRemovedHasNoRightLeft() {
    OrganisationId acme = town.acme(ALICE, BOB);

    organisations.remove(ALICE, acme, BOB);

    assertThat(memberships.isMember(acme, BOB)).isFalse();
    assertThat(memberships.role(acme, BOB)).isEmpty();
    assertThat(town.of(BOB)).isEmpty();
    assertThat(town.members(acme, ALICE)).containsExactly("alice:org-admin");
    assertThat(town.removals).containsExactly("bob");
    assertRefused(SyncProblem.FORBIDDEN, () -> organisations.add(BOB, acme, BOB, Role.MEMBER));
    assertRefused(SyncProblem.FORBIDDEN, () -> organisations.remove(BOB, acme, BOB));
    assertRefused(SyncProblem.NOT_FOUND, () -> organisations.remove(ALICE, acme, BOB));
  }

  @Test
  void aMemberMayGoAndComeBack() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.MEMBER);

    organisations.remove(BOB, acme, BOB);
    town.now = START.plusSeconds(60);
    Member again = organisations.add(ALICE, acme, BOB, Role.ADMIN);

    assertThat(again.joinedAt()).isEqualTo(START.plusSeconds(60));
    assertThat(town.members(acme, BOB)).containsExactly("alice:org-admin", "bob:org-admin");
    assertThat(town.of(BOB)).containsExactly("Acme:org-admin");
  }

  @Test
  void nobodyIsToldOfARemovalBeforeTheObserverHasHeardOfIt() {
    OrganisationId acme = town.acme(ALICE, BOB);
    List<Boolean> member = new ArrayList<>();
    Organisations failing =
        new Organisations(
            town.store.directory(),
            () -> town.now,
            () -> NOWHERE,
            (organisation, user) -> {
              member.add(memberships.isMember(organisation, user));
              throw new IllegalStateException("cannot listen now");
            });

    assertThatThrownBy(() -> failing.remove(ALICE, acme, BOB)).hasMessage("cannot listen now");
    assertThatThrownBy(() -> failing.add(ALICE, acme, BOB, Role.MEMBER))
        .hasMessage("cannot listen now");
    organisations.remove(ALICE, acme, BOB);

    assertThat(member).containsExactly(false, false);
    assertThat(town.removals).containsExactly("bob");
    assertThat(town.members(acme, ALICE)).containsExactly("alice:org-admin");
  }

  @Test
  void unknownForeignAndFormerAreRefusedInTheSameWords() {
    OrganisationId acme = town.acme(ALICE, BOB);
    organisations.remove(ALICE, acme, BOB);

    String unknown = message(NOWHERE, ALICE);
    String foreign = message(acme, CAROL);
    String former = message(acme, BOB);

    assertThat(foreign).isEqualTo(unknown);
    assertThat(former).isEqualTo(unknown);
    memberships.check(ALICE, acme);
    memberships.check(BOB, BOB);
    assertRefused(SyncProblem.NOT_A_MEMBER, () -> memberships.check(BOB, ALICE));
  }

  private String message(OrganisationId organisation, UserId user) {
    try {
      memberships.check(user, organisation);
      return "";
    } catch (dev.landfall.engine.problem.SyncException e) {
      return e.problem() + " " + e.text();
    }
  }

  @Test
  void membersComeInPages() {
    OrganisationId acme = town.acme(ALICE);
    for (int i = 0; i < 9; i++) {
      organisations.add(ALICE, acme, new UserId("user" + i), Role.MEMBER);
    }
    organisations.remove(ALICE, acme, new UserId("user1"));
    organisations.create(BOB, new OrganisationName("Another"));

    List<String> seen = new ArrayList<>();
    Optional<String> after = Optional.empty();
    int pages = 0;
    do {
      Page<Member> page = organisations.members(ALICE, acme, after.map(UserId::new), 4);
      page.items().forEach(member -> seen.add(member.user().value()));
      after = page.after();
      pages++;
    } while (after.isPresent());

    assertThat(pages).isEqualTo(3);
    assertThat(seen)
        .containsExactly(
            "alice", "user0", "user2", "user3", "user4", "user5", "user6", "user7", "user8");
  }

  @Test
  void organisationsComeInPages() {
    for (int i = 0; i < 5; i++) {
      organisations.create(ALICE, new OrganisationName("Number " + i));
    }

    Page<Membership> first = organisations.of(ALICE, Optional.empty(), 3);
    Page<Membership> rest = organisations.of(ALICE, first.after().map(OrganisationId::new), 3);

    assertThat(first.items()).hasSize(3);
    assertThat(rest.items()).hasSize(2).doesNotContainAnyElementsOf(first.items());
    assertThat(rest.after()).isEmpty();
  }

  @Test
  void aUserWhoseIdBeginsWithAnothersHasTheirOwnOrganisations() {
    organisations.create(new UserId("alice-"), new OrganisationName("One"));
    organisations.create(new UserId("alice."), new OrganisationName("Two"));
    organisations.create(new UserId("alice0"), new OrganisationName("Three"));
    organisations.create(ALICE, ACME);

    assertThat(town.of(ALICE)).containsExactly("Acme:org-admin");
  }

  @Test
  void administratorsAreManyButNotWithoutEnd() {
    OrganisationId acme = town.acme(ALICE);
    String id = "u".repeat(124);
    for (int i = 1; i < OrganisationRecord.MAX_ADMINS; i++) {
      organisations.add(ALICE, acme, new UserId(id + (1000 + i)), Role.ADMIN);
    }

    assertRefused(
        SyncProblem.TOO_MANY_ADMINS, () -> organisations.add(ALICE, acme, BOB, Role.ADMIN));
    assertThat(memberships.isMember(acme, BOB)).isFalse();
    organisations.add(ALICE, acme, BOB, Role.MEMBER);
  }

  // ---- memberships that somebody else has made

  @Test
  void aMembershipThatItsMemberHasNeverUsedIsNotTheOnlyOne() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.MEMBER);
    assertThat(organisations.only(BOB)).isEmpty();

    OrganisationId bobs =
        organisations.create(BOB, new OrganisationName("Bob")).member().organisation();
    assertThat(organisations.only(BOB)).contains(bobs);

    memberships.enter(BOB, acme);
    assertThat(organisations.only(BOB)).isEmpty();
  }

  @Test
  void whoWasMadeTheLastAdministratorCanGoAndAnotherFollows() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, CAROL, Role.MEMBER);
    organisations.add(ALICE, acme, BOB, Role.ADMIN);
    organisations.remove(ALICE, acme, ALICE);
    assertThat(organisations.needing(BOB)).isEmpty();

    organisations.remove(BOB, acme, BOB, alone -> {});

    assertThat(town.members(acme, CAROL)).containsExactly("carol:org-admin");
  }

  @Test
  void whoWasLeftAloneInAnOrganisationGivesItUp() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, BOB, Role.ADMIN);
    organisations.remove(ALICE, acme, ALICE);
    List<OrganisationId> given = new ArrayList<>();

    organisations.remove(BOB, acme, BOB, given::add);

    assertThat(given).containsExactly(acme);
  }

  @Test
  void whoHasActedForAnOrganisationIsBoundByItAsBefore() {
    OrganisationId acme = town.acme(ALICE);
    organisations.add(ALICE, acme, CAROL, Role.MEMBER);
    organisations.add(ALICE, acme, BOB, Role.ADMIN);
    memberships.enter(BOB, acme);
    organisations.remove(ALICE, acme, ALICE);

    assertThat(organisations.needing(BOB)).hasSize(1);
    assertRefused(SyncProblem.LAST_ADMIN, () -> organisations.remove(BOB, acme, BOB, alone -> {}));
  }

  // ---- limits

  @Test
  void nobodyFoundsMoreThanAllowedAndOneThatIsGoneMakesRoom() {
    Organisations small = limited(new OrganisationLimits(1, 10));
    OrganisationId acme = small.create(ALICE, new OrganisationName("Acme")).member().organisation();
    small.add(ALICE, acme, BOB, Role.ADMIN);
    small.remove(ALICE, acme, ALICE);

    assertRefused(
        SyncProblem.OUT_OF_ROOM, () -> small.create(ALICE, new OrganisationName("Other")));
    small.close(acme);
    small.dismiss(acme);
    small.remove(acme);

    assertThat(small.create(ALICE, new OrganisationName("Other")).name()).isEqualTo("Other");
  }

  @Test
  void nobodyIsPutIntoMoreOrganisationsThanAllowedAndThatKeepsNobodyFromFounding() {
    Organisations small = limited(new OrganisationLimits(10, 1));
    OrganisationId acme = small.create(ALICE, new OrganisationName("Acme")).member().organisation();
    OrganisationId carols =
        small.create(CAROL, new OrganisationName("Carol")).member().organisation();
    small.add(ALICE, acme, BOB, Role.MEMBER);

    assertRefused(SyncProblem.OUT_OF_ROOM, () -> small.add(CAROL, carols, BOB, Role.MEMBER));
    assertThat(small.create(BOB, new OrganisationName("Bob")).name()).isEqualTo("Bob");
    assertRefused(SyncProblem.OUT_OF_ROOM, () -> small.create(BOB, new OrganisationName("Bob 2")));
  }

  private Organisations limited(OrganisationLimits limits) {
    return new Organisations(
        town.store.directory(),
        () -> town.now,
        () -> new OrganisationId(java.util.UUID.randomUUID().toString()),
        limits,
        (organisation, user) -> {});
  }

  // ---- removals that have broken off

  @Test
  void aRemovalThatHasBrokenOffIsCompletedByAnyNode() {
    OrganisationId acme = town.acme(ALICE, BOB);
    Organisations failing =
        new Organisations(
            town.store.directory(),
            () -> town.now,
            () -> NOWHERE,
            (organisation, user) -> {
              throw new IllegalStateException("the server stops");
            });
    assertThatThrownBy(() -> failing.remove(ALICE, acme, BOB)).hasMessage("the server stops");
    town.now = START.plusSeconds(60);

    assertThat(organisations.resume(Duration.ofMinutes(2))).isZero();
    assertThat(town.removals).isEmpty();
    assertThat(organisations.resume(Duration.ofSeconds(30))).isEqualTo(1);
    assertThat(organisations.resume(Duration.ZERO)).isZero();

    assertThat(town.removals).containsExactly("bob");
    assertThat(town.store.directory().list("orgDeparture", "", 10)).isEmpty();
  }
}
