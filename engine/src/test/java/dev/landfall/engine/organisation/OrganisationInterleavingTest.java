package dev.landfall.engine.organisation;

import static dev.landfall.engine.organisation.Town.ALICE;
import static dev.landfall.engine.organisation.Town.BOB;
import static dev.landfall.engine.organisation.Town.CAROL;
import static dev.landfall.engine.organisation.Town.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.OrganisationId;
import dev.landfall.engine.problem.Problem;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * One change of an organisation that happens in the middle of another, at each of its calls of the
 * directory: what comes out is what would have come out of one after the other.
 */
class OrganisationInterleavingTest {
  /** What can be done to Bob, or to Alice who does it. */
  private enum Change {
    ADD_AS_MEMBER {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.add(ALICE, acme, BOB, Role.MEMBER);
      }
    },
    ADD_AS_ADMIN {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.add(ALICE, acme, BOB, Role.ADMIN);
      }
    },
    PROMOTE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.changeRole(ALICE, acme, BOB, Role.ADMIN);
      }
    },
    DEMOTE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.changeRole(ALICE, acme, BOB, Role.MEMBER);
      }
    },
    REMOVE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.remove(CAROL, acme, BOB);
      }
    },
    LEAVE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.remove(BOB, acme, BOB);
      }
    },
    DEMOTE_ALICE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.changeRole(CAROL, acme, ALICE, Role.MEMBER);
      }
    },
    REMOVE_ALICE {
      @Override
      void make(Organisations organisations, OrganisationId acme) {
        organisations.remove(CAROL, acme, ALICE);
      }
    };

    abstract void make(Organisations organisations, OrganisationId acme);
  }

  /** What Bob is at the beginning. */
  private enum Bob {
    STRANGER,
    MEMBER,
    ADMIN,
    FORMER
  }

  /** How two changes ended, and who is in the organisation then. */
  private record Outcome(Optional<Problem> first, Optional<Problem> second, List<String> members) {}

  private static final class Scene {
    final Town town = new Town();
    final OrganisationId acme = town.acme(ALICE, CAROL);

    Scene(Bob bob) {
      if (bob != Bob.STRANGER) {
        town.organisations.add(ALICE, acme, BOB, bob == Bob.ADMIN ? Role.ADMIN : Role.MEMBER);
      }
      if (bob == Bob.FORMER) {
        town.organisations.remove(ALICE, acme, BOB);
      }
    }

    Optional<Problem> make(Change change) {
      return refusal(() -> change.make(town.organisations, acme));
    }

    List<String> members() {
      return town.members(acme, CAROL);
    }

    void assertRecordsAgree(String where) {
      OrganisationDirectory records = new OrganisationDirectory(town.store.directory());
      OrganisationRecord stored = records.organisation(acme).orElseThrow();
      assertThat(stored.leaving()).describedAs(where).isEmpty();
      for (var user : Set.of(ALICE, BOB, CAROL)) {
        boolean taken = records.member(acme, user).taken();
        assertThat(stored.isAdmin(user) && !taken).describedAs(where).isFalse();
        assertThat(town.of(user)).describedAs(where).hasSize(taken ? 1 : 0);
      }
    }
  }

  @Test
  void twoChangesAtOnceEndAsOneAfterTheOther() {
    int interleavings = 0;
    for (Bob bob : Bob.values()) {
      for (Change slow : Change.values()) {
        for (Change quick : Change.values()) {
          Set<Outcome> allowed =
              new HashSet<>(List.of(inOrder(bob, slow, quick), inReverse(bob, slow, quick)));
          for (long call = 1; interleave(bob, slow, quick, call, allowed); call++) {
            interleavings++;
          }
        }
      }
    }

    assertThat(interleavings).isGreaterThan(1000);
  }

  private static Outcome inOrder(Bob bob, Change slow, Change quick) {
    Scene scene = new Scene(bob);
    Optional<Problem> first = scene.make(slow);
    Optional<Problem> second = scene.make(quick);
    return new Outcome(first, second, scene.members());
  }

  private static Outcome inReverse(Bob bob, Change slow, Change quick) {
    Scene scene = new Scene(bob);
    Optional<Problem> second = scene.make(quick);
    Optional<Problem> first = scene.make(slow);
    return new Outcome(first, second, scene.members());
  }

  /** Makes {@code quick} before a call of {@code slow}; false if there are not so many calls. */
  private static boolean interleave(
      Bob bob, Change slow, Change quick, long at, Set<Outcome> allowed) {
    String where = bob + ": " + quick + " before call " + at + " of " + slow;
    Scene scene = new Scene(bob);
    Optional<?>[] second = new Optional<?>[1];
    FaultyBackend interrupted =
        new FaultyBackend(
            scene.town.store,
            (call, moment) -> {
              if (call.number() == at && moment == Moment.BEFORE) {
                second[0] = scene.make(quick);
              }
              return false;
            });
    Organisations slowly = scene.town.over(interrupted.directory());
    Optional<Problem> first = refusal(() -> slow.make(slowly, scene.acme));
    if (second[0] == null) {
      return false;
    }
    @SuppressWarnings("unchecked")
    Outcome outcome = new Outcome(first, (Optional<Problem>) second[0], scene.members());
    scene.assertRecordsAgree(where);
    if (together(slow, quick) && first.isEmpty() && second[0].isEmpty()) {
      assertThat(allowed)
          .describedAs(where)
          .extracting(Outcome::members)
          .contains(outcome.members());
    } else {
      assertThat(allowed).describedAs(where).contains(outcome);
    }
    return true;
  }

  /** Whether both may be told that it was them: two additions, or two removals, of one user. */
  private static boolean together(Change one, Change other) {
    Set<Change> additions = Set.of(Change.ADD_AS_MEMBER, Change.ADD_AS_ADMIN);
    Set<Change> removals = Set.of(Change.REMOVE, Change.LEAVE);
    return one == other
        || (additions.contains(one) && additions.contains(other))
        || (removals.contains(one) && removals.contains(other));
  }
}
