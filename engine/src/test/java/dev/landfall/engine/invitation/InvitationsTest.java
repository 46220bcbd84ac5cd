package dev.landfall.engine.invitation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.OrganisationLimits;
import dev.landfall.engine.organisation.OrganisationName;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.people.EmailAddress;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.stores.TestStore;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.Crowd;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InvitationsTest {
  private static final UserId ALICE = new UserId("alice");
  private static final UserId BOB = new UserId("bob");
  private static final UserId CAROL = new UserId("carol");
  private static final EmailAddress BOBS = new EmailAddress("bob@example.org");
  private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

  /** Organisations, and who is invited into them, over a store, with a clock that tests set. */
  private static final class Town {
    final StoreBackend store;
    final Organisations organisations;
    final Memberships memberships;
    final Invitations invitations;
    Instant now = START;

    Town(StoreBackend store) {
      this.store = store;
      this.organisations =
          new Organisations(
              store.directory(),
              () -> now,
              () -> new OrganisationId(UUID.randomUUID().toString()),
              new OrganisationLimits(20, 2),
              (organisation, user) -> {});
      this.memberships = new Memberships(store.directory());
      this.invitations =
          new Invitations(store.directory(), organisations, () -> now, new SecureRandom(), 3);
    }

    OrganisationId found(String name) {
      return organisations.create(ALICE, new OrganisationName(name)).member().organisation();
    }

    Made invite(OrganisationId organisation, Optional<EmailAddress> address, int uses) {
      return invitations.make(
          ALICE,
          organisation,
          new InvitationRequest(
              address,
              Role.MEMBER,
              OptionalLong.empty(),
              uses == 1 ? OptionalInt.empty() : OptionalInt.of(uses)));
    }

    boolean accepts(UserId user, Made made, EmailAddress... addresses) {
      return refusal(() -> invitations.accept(user, Set.of(addresses), made.token().text()))
          .isEmpty();
    }

    boolean isOpen(Made made) {
      return invitations.open(made.token().text()).isPresent();
    }
  }

  private final Town town = new Town(new MemoryBackend(1L << 30));
  private final OrganisationId acme = town.found("Acme");

  private static Optional<Problem> refusal(Runnable work) {
    try {
      work.run();
      return Optional.empty();
    } catch (SyncException e) {
      return Optional.of(e.problem());
    }
  }

  @Test
  void whoAcceptsIsAMemberWhoWantedIt() {
    Made made = town.invite(acme, Optional.empty(), 1);

    assertThat(town.accepts(BOB, made)).isTrue();

    assertThat(town.memberships.role(acme, BOB)).contains(Role.MEMBER);
    assertThat(town.organisations.only(BOB))
        .as("a membership that is wanted counts at once")
        .contains(acme);
    assertThat(town.isOpen(made)).isFalse();
    assertThat(town.accepts(CAROL, made)).isFalse();
    assertThat(town.accepts(BOB, made)).as("the same again is the same").isTrue();
  }

  @Test
  void anInvitationIsOnlyForWhoseAddressItNames() {
    Made made = town.invite(acme, Optional.of(BOBS), 1);

    assertThat(town.accepts(CAROL, made, new EmailAddress("carol@example.org"))).isFalse();
    assertThat(town.accepts(BOB, made)).as("an address that nobody has verified").isFalse();
    assertThat(town.isOpen(made)).isTrue();
    assertThat(town.accepts(BOB, made, BOBS)).isTrue();
  }

  @Test
  void whoIsRemovedDoesNotComeBackByALinkFromBefore() {
    Made one = town.invite(acme, Optional.empty(), 1);
    Made many = town.invite(acme, Optional.empty(), 5);
    town.accepts(BOB, one);
    town.accepts(CAROL, many);
    town.now = START.plusSeconds(1);

    town.organisations.remove(ALICE, acme, BOB);
    town.organisations.remove(ALICE, acme, CAROL);

    assertThat(town.accepts(BOB, one)).isFalse();
    assertThat(town.accepts(BOB, many)).isFalse();
    assertThat(town.accepts(CAROL, many)).isFalse();
    town.now = START.plusSeconds(2);
    assertThat(town.accepts(CAROL, town.invite(acme, Optional.empty(), 1))).isTrue();
  }

  @Test
  void anInvitationEndsWithItsTimeAndWithTheRightOfWhoMadeIt() {
    town.organisations.add(ALICE, acme, CAROL, Role.ADMIN);
    Made late = town.invite(acme, Optional.empty(), 1);
    Made demoted = town.invite(acme, Optional.empty(), 1);
    town.organisations.changeRole(ALICE, acme, ALICE, Role.MEMBER);

    assertThat(town.isOpen(demoted)).isFalse();
    assertThat(town.accepts(BOB, demoted)).isFalse();
    town.organisations.changeRole(CAROL, acme, ALICE, Role.ADMIN);
    assertThat(town.isOpen(demoted)).isTrue();
    town.now = START.plus(Invitations.USUAL);
    assertThat(town.isOpen(late)).isFalse();
    assertThat(town.accepts(BOB, late)).isFalse();
    assertThat(town.memberships.isMember(acme, BOB)).isFalse();
    assertThat(town.invitations.sweep()).isEqualTo(2);
  }

  @Test
  void anInvitationEndsWithItsOrganisation() {
    Made made = town.invite(acme, Optional.empty(), 1);

    town.organisations.close(acme);

    assertThat(town.isOpen(made)).isFalse();
    assertThat(town.accepts(BOB, made)).isFalse();
    town.invitations.forget(acme, Set.of());
    assertThat(town.store.directory().list(Invitations.INVITATION, "", 10)).isEmpty();
    assertThat(town.store.directory().list(Invitations.OF_ORGANISATION, "", 10)).isEmpty();
  }

  @Test
  void whatIsTakenBackOrDeclinedIsOver() {
    Made back = town.invite(acme, Optional.empty(), 5);
    Made bound = town.invite(acme, Optional.of(BOBS), 1);
    Made many = town.invite(acme, Optional.empty(), 5);

    town.invitations.revoke(ALICE, acme, back.invitation().id());
    assertThat(refusal(() -> town.invitations.decline(Set.of(), bound.token().text())))
        .contains(SyncProblem.FORBIDDEN);
    town.invitations.decline(Set.of(BOBS), bound.token().text());
    town.invitations.decline(Set.of(), many.token().text());

    assertThat(List.of(town.isOpen(back), town.isOpen(bound), town.isOpen(many)))
        .containsExactly(false, false, true);
  }

  @Test
  void onlyAdministratorsInviteSeeAndTakeBackAndOnlyTheirOwn() {
    Made made = town.invite(acme, Optional.empty(), 1);
    OrganisationId other =
        town.organisations.create(BOB, new OrganisationName("Other")).member().organisation();
    String id = made.invitation().id();

    assertThat(refusal(() -> town.invitations.of(BOB, acme, Optional.empty(), 10)))
        .contains(SyncProblem.FORBIDDEN);
    assertThat(refusal(() -> town.invitations.revoke(BOB, acme, id)))
        .contains(SyncProblem.FORBIDDEN);
    assertThat(refusal(() -> town.invitations.revoke(BOB, other, id)))
        .contains(SyncProblem.NOT_FOUND);
    assertThat(town.invitations.of(ALICE, acme, Optional.empty(), 10).items())
        .containsExactly(made.invitation());
  }

  @Test
  void openInvitationsAndMembershipsHaveAnEnd() {
    for (int i = 0; i < 3; i++) {
      town.invite(acme, Optional.empty(), 1);
    }
    assertThat(refusal(() -> town.invite(acme, Optional.empty(), 1)))
        .contains(SyncProblem.OUT_OF_ROOM);
    Made one = town.invite(town.found("One"), Optional.empty(), 2);
    town.organisations.create(BOB, new OrganisationName("Bobs"));
    town.organisations.create(BOB, new OrganisationName("Bobs second"));

    assertThat(refusal(() -> town.invitations.accept(BOB, Set.of(), one.token().text())))
        .contains(SyncProblem.OUT_OF_ROOM);
    assertThat(town.accepts(CAROL, one)).isTrue();
  }

  @Test
  void timesAndUsesThatMakeNoSenseAreRefused() {
    for (long wrong :
        new long[] {0, START.toEpochMilli(), START.plus(Duration.ofDays(366)).toEpochMilli()}) {
      InvitationRequest request =
          new InvitationRequest(
              Optional.empty(), Role.MEMBER, OptionalLong.of(wrong), OptionalInt.empty());
      assertThat(refusal(() -> town.invitations.make(ALICE, acme, request)))
          .contains(SyncProblem.BAD_REQUEST);
    }
    assertThat(refusal(() -> town.invite(acme, Optional.of(BOBS), 2)))
        .contains(SyncProblem.BAD_REQUEST);
  }

  @Test
  void nothingIsLeftOfWhoIsGone() {
    OrganisationId other =
        town.organisations.create(CAROL, new OrganisationName("Carols")).member().organisation();
    town.invite(acme, Optional.of(BOBS), 1);
    Made many =
        town.invitations.make(
            CAROL,
            other,
            new InvitationRequest(
                Optional.empty(), Role.MEMBER, OptionalLong.empty(), OptionalInt.of(5)));
    town.accepts(BOB, many);

    town.invitations.forget(BOB, Set.of(BOBS));
    town.invitations.forget(ALICE, Set.of());

    String left = town.store.directory().list(Invitations.INVITATION, "", 10).toString();
    assertThat(town.isOpen(many)).isTrue();
    assertThat(town.store.directory().list(Invitations.INVITATION, "", 10))
        .singleElement()
        .satisfies(
            record ->
                assertThat(
                        new String(
                            record.content().toArray(), java.nio.charset.StandardCharsets.UTF_8))
                    .doesNotContain("bob", "alice"));
    assertThat(left).doesNotContain(many.token().text());
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void asManyAcceptAsThereAreUsesHoweverManyTryAtOnce(TestStore kind) {
    kind.with(
        store -> {
          Town crowded = new Town(store);
          OrganisationId organisation = crowded.found("Acme");
          Made made = crowded.invite(organisation, Optional.empty(), 5);
          AtomicInteger accepted = new AtomicInteger();

          Crowd.of(16)
              .each(
                  i -> {
                    if (crowded.accepts(new UserId("user-" + i / 2), made)) {
                      accepted.incrementAndGet();
                    }
                  });

          long members =
              crowded
                  .organisations
                  .members(ALICE, organisation, Optional.empty(), 100)
                  .items()
                  .stream()
                  .filter(member -> !member.user().equals(ALICE))
                  .count();
          assertThat(members).isEqualTo(5);
          assertThat(accepted.get()).as("some twice, with the same result").isBetween(5, 10);
          assertThat(crowded.isOpen(made)).isFalse();
        });
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void whoIsTakenBackWhileSomebodyAcceptsLetsInWhoWasFirstOrNobody(TestStore kind) {
    kind.with(
        store -> {
          Town crowded = new Town(store);
          OrganisationId organisation = crowded.found("Acme");
          for (int round = 0; round < 5; round++) {
            Made made = crowded.invite(organisation, Optional.empty(), 1);
            UserId somebody = new UserId("user-" + round);
            boolean[] accepted = new boolean[1];

            Crowd.of(2)
                .each(
                    i -> {
                      if (i == 0) {
                        accepted[0] = crowded.accepts(somebody, made);
                      } else {
                        crowded.invitations.revoke(ALICE, organisation, made.invitation().id());
                      }
                    });

            assertThat(crowded.memberships.isMember(organisation, somebody)).isEqualTo(accepted[0]);
            assertThat(crowded.accepts(new UserId("late"), made)).isFalse();
          }
        });
  }
}
