package dev.landfall.engine.organisation;

import static dev.landfall.engine.organisation.Town.ALICE;
import static dev.landfall.engine.organisation.Town.BOB;
import static dev.landfall.engine.organisation.Town.CAROL;
import static dev.landfall.engine.organisation.Town.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landfall.api.OrganisationId;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Faults;
import dev.landfall.store.tck.FaultyBackend.Moment;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each change, with the directory failing at each of its calls in turn, and its repetition. */
class OrganisationCrashTest {
  private static final OrganisationName ACME = new OrganisationName("Acme");

  /** What is to be done in a town that has been prepared. */
  private interface Change {
    void make(Organisations organisations, OrganisationId acme);
  }

  private record Scene(Town town, OrganisationId acme) {}

  /**
   * Dies at every point.
   *
   * @param repeated what the repetition may be refused for, where the change was complete already
   * @param between holds after the crash
   * @param afterwards holds after the repetition
   */
  private static void everywhere(
      Change change,
      Problem repeated,
      Consumer<Scene> between,
      BiConsumer<Scene, String> afterwards) {
    long calls = calls(change);
    assertThat(calls).isBetween(3L, 30L);
    for (long call = 1; call <= calls; call++) {
      for (Moment moment : Moment.values()) {
        for (Faults faults :
            new Faults[] {Faults.once(call, moment), Faults.forGood(call, moment)}) {
          Scene scene = scene();
          FaultyBackend faulty = new FaultyBackend(scene.town().store, faults);
          try {
            change.make(scene.town().over(faulty.directory()), scene.acme());
            throw new AssertionError("no failure at call " + call);
          } catch (StoreUnavailableException e) {
            between.accept(scene);
          }

          Optional<Problem> refusal =
              refusal(() -> change.make(scene.town().organisations, scene.acme()));

          if (refusal.isPresent()) {
            assertThat(refusal).contains(repeated);
          }
          afterwards.accept(scene, call + " " + moment);
          assertThat(leaving(scene)).isEmpty();
        }
      }
    }
  }

  private static long calls(Change change) {
    Scene scene = scene();
    FaultyBackend counting = new FaultyBackend(scene.town().store, Faults.NONE);
    change.make(scene.town().over(counting.directory()), scene.acme());
    return counting.calls();
  }

  private static Iterable<Departure> leaving(Scene scene) {
    return new OrganisationDirectory(scene.town().store.directory())
        .organisation(scene.acme())
        .orElseThrow()
        .leaving();
  }

  /** Alice and Bob are the administrators of an organisation. */
  private static Scene scene() {
    Town town = new Town();
    OrganisationId there =
        town.organisations
            .create(ALICE, new OrganisationName("Already there"))
            .member()
            .organisation();
    town.organisations.add(ALICE, there, BOB, Role.ADMIN);
    return new Scene(town, there);
  }

  @Test
  void nothingIsNotedOfAnOrganisationThatIsGoneWhereverItsEndBreaksOff() {
    Change end =
        (organisations, there) -> {
          organisations.close(there);
          organisations.dismiss(there);
          organisations.remove(there);
        };
    long calls = calls(end);
    for (long call = 1; call <= calls; call++) {
      for (Moment moment : Moment.values()) {
        Scene scene = scene();
        FaultyBackend faulty = new FaultyBackend(scene.town().store, Faults.forGood(call, moment));
        assertThatExceptionOfType(StoreUnavailableException.class)
            .isThrownBy(() -> end.make(scene.town().over(faulty.directory()), scene.acme()));

        end.make(scene.town().organisations, scene.acme());

        for (String kind : List.of("org", "orgName", "orgMember", "orgMembership")) {
          assertThat(scene.town().store.directory().list(kind, "", 100))
              .describedAs(kind + " after call " + call + " " + moment)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void aCreationThatBreaksOffIsCompletedByRepeatingIt() {
    everywhere(
        (organisations, there) -> organisations.create(CAROL, ACME),
        SyncProblem.CONFLICT,
        scene -> {},
        (scene, where) -> {
          assertThat(scene.town().of(CAROL)).describedAs(where).containsExactly("Acme:org-admin");
          OrganisationId acme =
              scene
                  .town()
                  .organisations
                  .of(CAROL, Optional.empty(), 1)
                  .items()
                  .get(0)
                  .member()
                  .organisation();
          assertThat(scene.town().members(acme, CAROL)).containsExactly("carol:org-admin");
        });
  }

  @Test
  void aNameWhoseCreationBrokeOffIsSomebodyElsesAtOnceUnlessItWasMade() {
    for (long call = 1; call <= 5; call++) {
      for (Moment moment : Moment.values()) {
        Scene scene = scene();
        FaultyBackend faulty = new FaultyBackend(scene.town().store, Faults.forGood(call, moment));
        Organisations dying = scene.town().over(faulty.directory());
        try {
          dying.create(CAROL, ACME);
        } catch (StoreUnavailableException e) {
          // as it should
        }

        boolean bobs = refusal(() -> scene.town().organisations.create(BOB, ACME)).isEmpty();
        boolean carols = refusal(() -> scene.town().organisations.create(CAROL, ACME)).isEmpty();

        assertThat(bobs && carols).isFalse();
        assertThat(scene.town().of(CAROL)).hasSize(bobs ? 0 : 1);
        assertThat(scene.town().of(BOB)).hasSize(bobs ? 2 : 1);
      }
    }
  }

  @Test
  void anAdditionThatBreaksOffIsCompletedByRepeatingIt() {
    for (Role role : Role.values()) {
      everywhere(
          (organisations, acme) -> organisations.add(ALICE, acme, CAROL, role),
          SyncProblem.CONFLICT,
          scene -> {},
          (scene, where) -> {
            assertThat(scene.town().members(scene.acme(), CAROL))
                .describedAs(where)
                .containsExactly("alice:org-admin", "bob:org-admin", "carol:" + role.text());
            assertThat(scene.town().of(CAROL)).containsExactly("Already there:" + role.text());
          });
    }
  }

  @Test
  void aDemotionThatBreaksOffIsCompletedByRepeatingIt() {
    everywhere(
        (organisations, acme) -> organisations.changeRole(ALICE, acme, BOB, Role.MEMBER),
        SyncProblem.CONFLICT,
        scene -> assertThat(scene.town().memberships.isMember(scene.acme(), BOB)).isTrue(),
        (scene, where) ->
            assertThat(scene.town().members(scene.acme(), BOB))
                .describedAs(where)
                .containsExactly("alice:org-admin", "bob:member"));
  }

  @Test
  void aRemovalThatBreaksOffIsCompletedByRepeatingIt() {
    everywhere(
        (organisations, acme) -> organisations.remove(ALICE, acme, BOB),
        SyncProblem.NOT_FOUND,
        scene -> assertThat(scene.town().memberships.isMember(scene.acme(), ALICE)).isTrue(),
        OrganisationCrashTest::assertBobIsOut);
  }

  @Test
  void leavingThatBreaksOffIsCompletedByRepeatingIt() {
    everywhere(
        (organisations, acme) -> organisations.remove(BOB, acme, BOB),
        SyncProblem.FORBIDDEN,
        scene -> {},
        OrganisationCrashTest::assertBobIsOut);
  }

  private static void assertBobIsOut(Scene scene, String where) {
    assertThat(scene.town().memberships.isMember(scene.acme(), BOB)).describedAs(where).isFalse();
    assertThat(scene.town().of(BOB)).describedAs(where).isEmpty();
    assertThat(scene.town().members(scene.acme(), ALICE)).containsExactly("alice:org-admin");
    assertThat(scene.town().removals).describedAs(where).contains("bob");
  }

  @Test
  void aRemovalThatBreaksOffIsCompletedBeforeTheUserIsAddedAgain() {
    for (long call = 1; call <= 9; call++) {
      Scene scene = scene();
      FaultyBackend faulty =
          new FaultyBackend(scene.town().store, Faults.forGood(call, Moment.AFTER));
      boolean begun;
      try {
        scene.town().over(faulty.directory()).remove(ALICE, scene.acme(), BOB);
        begun = true;
      } catch (StoreUnavailableException e) {
        begun = !scene.town().memberships.role(scene.acme(), BOB).equals(Optional.of(Role.ADMIN));
      }

      Optional<Problem> refusal =
          refusal(() -> scene.town().organisations.add(ALICE, scene.acme(), BOB, Role.MEMBER));

      assertThat(refusal.isEmpty()).isEqualTo(begun);
      assertThat(scene.town().removals).hasSizeGreaterThanOrEqualTo(begun ? 1 : 0);
      assertThat(scene.town().memberships.isMember(scene.acme(), BOB)).isTrue();
      assertThat(leaving(scene)).isEmpty();
    }
  }

  @Test
  void manyRemovalsThatBrokeOffDoNotFillTheRecord() {
    Town town = new Town();
    OrganisationId acme = town.acme(ALICE);
    for (int i = 0; i < 3 * OrganisationRecord.MAX_LEAVING; i++) {
      dev.landfall.api.UserId user = new dev.landfall.api.UserId("user" + i);
      town.organisations.add(ALICE, acme, user, Role.MEMBER);
      // the directory fails for good after the third call that changes something or looks
      boolean[] decided = {false};
      FaultyBackend faulty =
          new FaultyBackend(
              town.store,
              (call, moment) -> {
                boolean dead = decided[0];
                OrganisationDirectory records = new OrganisationDirectory(town.store.directory());
                decided[0] |= records.organisation(acme).orElseThrow().departure(user).isPresent();
                return dead;
              });
      try {
        town.over(faulty.directory()).remove(ALICE, acme, user);
      } catch (StoreUnavailableException e) {
        // as it should
      }
    }

    OrganisationRecord stored =
        new OrganisationDirectory(town.store.directory()).organisation(acme).orElseThrow();
    assertThat(stored.leaving()).hasSize(OrganisationRecord.MAX_LEAVING);
    assertThat(town.removals).hasSize(2 * OrganisationRecord.MAX_LEAVING);
  }
}
