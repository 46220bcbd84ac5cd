package dev.landfall.engine.organisation;

import static dev.landfall.engine.organisation.Town.ALICE;
import static dev.landfall.engine.organisation.Town.BOB;
import static dev.landfall.engine.organisation.Town.CAROL;
import static dev.landfall.engine.organisation.Town.assertRefused;
import static dev.landfall.engine.organisation.Town.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import dev.landfall.store.tck.FaultyBackend.Operation;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

class OrganisationRacesTest {
  private final Town town = new Town();

  /** Organisations where {@code other} happens between a caller's first look and first write. */
  private Organisations with(Runnable other) {
    AtomicBoolean done = new AtomicBoolean();
    FaultyBackend interrupted =
        new FaultyBackend(
            town.store,
            (call, moment) -> {
              if (moment == Moment.BEFORE
                  && call.operation() == Operation.DIRECTORY_WRITE
                  && done.compareAndSet(false, true)) {
                other.run();
              }
              return false;
            });
    return town.over(interrupted.directory());
  }

  @Test
  void ofTwoAdministratorsWhoRemoveEachOtherAtOnceOneIsTheLast() {
    OrganisationId acme = town.acme(ALICE, BOB);
    Organisations slow = with(() -> town.organisations.remove(BOB, acme, ALICE));

    assertRefused(SyncProblem.LAST_ADMIN, () -> slow.remove(ALICE, acme, BOB));

    assertThat(town.members(acme, BOB)).containsExactly("bob:org-admin");
  }

  @Test
  void ofTwoAdministratorsWhoDemoteThemselvesAtOnceOneIsTheLast() {
    OrganisationId acme = town.acme(ALICE, BOB);
    Organisations slow = with(() -> town.organisations.changeRole(BOB, acme, BOB, Role.MEMBER));

    assertRefused(SyncProblem.LAST_ADMIN, () -> slow.changeRole(ALICE, acme, ALICE, Role.MEMBER));

    assertThat(town.members(acme, BOB)).containsExactly("alice:org-admin", "bob:member");
  }

  @Test
  void whoLosesTheRightWhileUsingItHasLostIt() {
    OrganisationId acme = town.acme(ALICE, BOB);
    town.organisations.add(ALICE, acme, CAROL, Role.MEMBER);
    Organisations slow = with(() -> town.organisations.remove(ALICE, acme, BOB));

    assertRefused(SyncProblem.FORBIDDEN, () -> slow.changeRole(BOB, acme, CAROL, Role.ADMIN));

    assertThat(town.members(acme, ALICE)).containsExactly("alice:org-admin", "carol:member");
  }

  @Test
  void whoIsRemovedWhileBeingPromotedIsOut() {
    OrganisationId acme = town.acme(ALICE);
    town.organisations.add(ALICE, acme, BOB, Role.MEMBER);
    Organisations slow = with(() -> town.organisations.remove(BOB, acme, BOB));

    assertRefused(SyncProblem.NOT_FOUND, () -> slow.changeRole(ALICE, acme, BOB, Role.ADMIN));

    assertThat(town.memberships.isMember(acme, BOB)).isFalse();
  }

  @Test
  void twoAdministratorsWhoRemoveEachOtherInThreadsLeaveOne() {
    for (int round = 0; round < 50; round++) {
      Town fresh = new Town();
      OrganisationId acme = fresh.acme(ALICE, BOB);
      UserId[] people = {ALICE, BOB};
      AtomicInteger refused = new AtomicInteger();

      Crowd.of(2)
          .each(
              i ->
                  refusal(() -> fresh.organisations.remove(people[i], acme, people[1 - i]))
                      .ifPresent(
                          problem -> {
                            // the second to come is no administrator any more
                            assertThat(problem).isIn(SyncProblem.LAST_ADMIN, SyncProblem.FORBIDDEN);
                            refused.incrementAndGet();
                          }));

      assertThat(refused).hasValue(1);
      assertThat(fresh.removals).hasSize(1);
    }
  }

  @Test
  void administratorsWhoAllLeaveAtOnceLeaveOne() {
    for (int round = 0; round < 20; round++) {
      Town fresh = new Town();
      UserId[] admins = new UserId[6];
      for (int i = 0; i < admins.length; i++) {
        admins[i] = new UserId("admin" + i);
      }
      OrganisationId acme = fresh.acme(admins);
      AtomicInteger refused = new AtomicInteger();

      Crowd.of(admins.length)
          .each(
              i -> {
                Optional<Problem> problem =
                    refusal(
                        () -> {
                          if (i % 2 == 0) {
                            fresh.organisations.remove(admins[i], acme, admins[i]);
                          } else {
                            fresh.organisations.changeRole(admins[i], acme, admins[i], Role.MEMBER);
                          }
                        });
                if (problem.isPresent()) {
                  assertThat(problem).contains(SyncProblem.LAST_ADMIN);
                  refused.incrementAndGet();
                }
              });

      assertThat(refused).hasValue(1);
    }
  }

  @Test
  void variantsOfANameCreatedAtOnceMakeOneOrganisation() {
    List<String> names =
        List.of("Acme", "acme", "\uff21cme", " ACME ", "a:b", "a%3Ab", "A:B", "a%3aB");
    for (int round = 0; round < 50; round++) {
      Town fresh = new Town();
      AtomicReferenceArray<Boolean> created = new AtomicReferenceArray<>(names.size());

      Crowd.of(names.size())
          .each(
              i -> {
                Optional<Problem> problem =
                    refusal(
                        () ->
                            fresh.organisations.create(
                                new UserId("user" + i), new OrganisationName(names.get(i))));
                if (problem.isPresent()) {
                  assertThat(problem).contains(SyncProblem.CONFLICT);
                }
                created.set(i, problem.isEmpty());
              });

      assertThat(count(created, 0, 4)).isEqualTo(1);
      assertThat(count(List.of(created.get(4), created.get(6)))).isEqualTo(1);
      assertThat(count(List.of(created.get(5), created.get(7)))).isEqualTo(1);
      for (int i = 0; i < names.size(); i++) {
        assertThat(fresh.of(new UserId("user" + i))).hasSize(created.get(i) ? 1 : 0);
      }
    }
  }

  private static long count(AtomicReferenceArray<Boolean> created, int from, int to) {
    long count = 0;
    for (int i = from; i < to; i++) {
      count += created.get(i) ? 1 : 0;
    }
    return count;
  }

  private static long count(List<Boolean> created) {
    return created.stream().filter(one -> one).count();
  }

  @Test
  void oneUserAddedByManyAtOnceIsAddedOnce() {
    for (int round = 0; round < 50; round++) {
      Town fresh = new Town();
      OrganisationId acme = fresh.acme(ALICE);
      AtomicInteger added = new AtomicInteger();

      Crowd.of(4)
          .each(
              i -> {
                if (refusal(() -> fresh.organisations.add(ALICE, acme, BOB, Role.MEMBER))
                    .isEmpty()) {
                  added.incrementAndGet();
                }
              });

      assertThat(added).hasValue(1);
    }
  }

  @Test
  void whateverHappensAtOnceTheRecordsAgreeAfterwards() {
    UserId[] people = {BOB, CAROL, new UserId("dave")};
    for (int round = 0; round < 30; round++) {
      Town fresh = new Town();
      OrganisationId acme = fresh.acme(ALICE);
      long seed = round;

      Crowd.of(4)
          .each(
              i -> {
                Random random = new Random(seed * 4 + i);
                for (int step = 0; step < 60; step++) {
                  UserId user = people[random.nextInt(people.length)];
                  Role role = random.nextBoolean() ? Role.ADMIN : Role.MEMBER;
                  switch (random.nextInt(3)) {
                    case 0 -> refusal(() -> fresh.organisations.add(ALICE, acme, user, role));
                    case 1 ->
                        refusal(() -> fresh.organisations.changeRole(ALICE, acme, user, role));
                    default -> refusal(() -> fresh.organisations.remove(ALICE, acme, user));
                  }
                }
              });

      OrganisationDirectory records = new OrganisationDirectory(fresh.store.directory());
      OrganisationRecord stored = records.organisation(acme).orElseThrow();
      assertThat(stored.leaving()).isEmpty();
      for (UserId user : people) {
        boolean taken = records.member(acme, user).taken();
        if (stored.isAdmin(user)) {
          assertThat(taken).isTrue();
        }
        assertThat(fresh.of(user)).hasSize(taken ? 1 : 0);
        if (taken) {
          fresh.organisations.remove(ALICE, acme, user);
        }
        assertThat(fresh.memberships.isMember(acme, user)).isFalse();
      }
    }
  }
}
