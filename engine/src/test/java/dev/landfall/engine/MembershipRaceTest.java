package dev.landfall.engine;

import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.organisation.Memberships;
import dev.landfall.engine.organisation.OrganisationName;
import dev.landfall.engine.organisation.Organisations;
import dev.landfall.engine.organisation.Role;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.FaultyBackend;
import dev.landfall.store.tck.FaultyBackend.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A member is removed in the middle of a request of theirs, before each of its calls of the store:
 * what the request writes is committed before the removal is acknowledged, or never.
 */
class MembershipRaceTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1, "phone");
  private static final HybridTimestamp T2 = at(2, "phone");

  /** An organisation of Alice and Bob, and two server nodes. */
  private static final class Scene {
    final StoreBackend store = new MemoryBackend(1L << 30);
    final Memberships memberships = new Memberships(store.directory());
    final Sharer node = new Sharer(store, 1, () -> TestServer.START, memberships::check);
    final Organisations organisations =
        new Organisations(
            store.directory(),
            () -> Instant.ofEpochMilli(TestServer.START),
            () -> new OrganisationId("acme"),
            (organisation, user) -> {
              node.engine().fence();
              node.engine().withdraw(user, organisation);
            });
    final OrganisationId acme =
        organisations.create(ALICE, new OrganisationName("Acme")).member().organisation();
    private Optional<Optional<StoredDocument>> atRemoval = Optional.empty();

    Scene() {
      organisations.add(ALICE, acme, BOB, Role.MEMBER);
    }

    /** Organisations on another node, over what else leads to the store. */
    Organisations organisationsOver(StoreBackend other) {
      Sharer failing = new Sharer(other, 3, () -> TestServer.START, memberships::check);
      return new Organisations(
          other.directory(),
          () -> Instant.ofEpochMilli(TestServer.START),
          () -> new OrganisationId("none"),
          (organisation, user) -> {
            failing.engine().fence();
            failing.engine().withdraw(user, organisation);
          });
    }

    void writesForAcme(UserId member) {
      node.sync(member, acme, ZERO, true, edit("plan", "{'a':1}", Map.of("a", T1), ZERO));
    }

    Sharing sharing() {
      return StoredForm.sharing(stored(acme).orElseThrow());
    }

    Optional<StoredDocument> stored(Owner owner) {
      DocumentId id = new DocumentId(owner, TASKS, new DocumentKey("plan"));
      return Optional.ofNullable(store.application(TODO).find(Set.of(id)).get(id));
    }

    /** A node on which Bob is removed before the call with that number. */
    Sharer interrupted(int number, Owner watched) {
      FaultyBackend interrupted =
          new FaultyBackend(
              store,
              (call, moment) -> {
                if (call.number() == number && moment == Moment.BEFORE) {
                  organisations.remove(ALICE, acme, BOB);
                  atRemoval = Optional.of(stored(watched));
                }
                return false;
              });
      Admission admission = new Memberships(interrupted.directory())::check;
      return new Sharer(interrupted, 2, () -> TestServer.START, admission);
    }
  }

  /** Tries a request at every call; how often it was refused, and how often it was in time. */
  private static int[] race(
      Owner watched, Consumer<Scene> before, java.util.function.BiConsumer<Scene, Sharer> request) {
    int[] outcomes = new int[2];
    for (int call = 1; ; call++) {
      Scene scene = new Scene();
      before.accept(scene);
      Sharer slow = scene.interrupted(call, watched);
      boolean refused = false;
      try {
        request.accept(scene, slow);
      } catch (SyncException e) {
        assertThat(e.problem()).as("call " + call).isEqualTo(SyncProblem.NOT_A_MEMBER);
        refused = true;
      }
      if (scene.atRemoval.isEmpty()) {
        return outcomes;
      }
      assertThat(scene.stored(watched)).as("call " + call).isEqualTo(scene.atRemoval.get());
      outcomes[refused ? 0 : 1]++;
    }
  }

  @Test
  void aPushOfWhoIsBeingRemovedCountsBeforeTheRemovalOrNotAtAll() {
    OrganisationId acme = new OrganisationId("acme");

    int[] outcomes =
        race(
            acme,
            scene -> {},
            (scene, node) ->
                node.sync(BOB, acme, ZERO, true, edit("plan", "{'a':1}", Map.of("a", T1), ZERO)));

    assertThat(outcomes[0]).isPositive();
    assertThat(outcomes[1]).isPositive();
  }

  @Test
  void anEditOfWhoIsBeingRemovedCountsBeforeTheRemovalOrNotAtAll() {
    OrganisationId acme = new OrganisationId("acme");

    int[] outcomes =
        race(
            acme,
            scene ->
                scene.node.sync(
                    ALICE, acme, ZERO, true, edit("plan", "{'a':1}", Map.of("a", T1), ZERO)),
            (scene, node) ->
                node.sync(BOB, acme, ZERO, true, edit("plan", "{'a':2}", Map.of("a", T2), ZERO)));

    assertThat(outcomes[0]).isPositive();
    assertThat(outcomes[1]).isPositive();
  }

  @Test
  void whatSomebodyShowsTheOrganisationWhileBeingRemovedIsNotShownInTheEnd() {
    OrganisationId acme = new OrganisationId("acme");

    race(
        BOB,
        scene -> scene.node.sync(BOB, ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO)),
        (scene, node) ->
            node.share(
                BOB,
                BOB,
                "plan",
                sharing -> {
                  scene.memberships.check(BOB, acme);
                  return sharing.withVisibility(Visibility.ORG, Optional.of(acme));
                }));

    Scene scene = new Scene();
    scene.node.sync(BOB, ZERO, edit("plan", "{'a':1}", Map.of("a", T1), ZERO));
    scene.node.share(
        BOB, BOB, "plan", sharing -> sharing.withVisibility(Visibility.ORG, Optional.of(acme)));
    scene.organisations.remove(ALICE, acme, BOB);
    Sharing sharing = StoredForm.sharing(scene.stored(BOB).orElseThrow());
    assertThat(sharing.visibility()).isEqualTo(Visibility.PRIVATE);
    assertThat(sharing.organisation()).isEmpty();
  }

  @Test
  void aLinkThatIsMadeWhileItsMakerIsBeingRemovedIsNotThereInTheEnd() {
    OrganisationId acme = new OrganisationId("acme");
    ShareLink link = new ShareLink("0".repeat(64), OptionalLong.empty());

    int[] outcomes =
        race(
            acme,
            scene -> scene.writesForAcme(BOB),
            (scene, node) ->
                node.share(acme, BOB, "plan", sharing -> sharing.withLink(Optional.of(link))));

    assertThat(outcomes[0]).isPositive();
    Scene scene = new Scene();
    scene.writesForAcme(BOB);
    scene.node.share(acme, BOB, "plan", sharing -> sharing.withLink(Optional.of(link)));
    scene.organisations.remove(ALICE, acme, BOB);
    assertThat(scene.sharing().link()).isEmpty();
  }

  /** The server dies before each of its calls of the store, and another one goes on. */
  @Test
  void aRemovalThatBreaksOffLeavesNothingOnceAnotherNodeHasCompletedIt() {
    OrganisationId acme = new OrganisationId("acme");
    int completed = 0;
    for (int call = 1; ; call++) {
      Scene scene = new Scene();
      scene.writesForAcme(BOB);
      scene.node.share(
          acme,
          BOB,
          "plan",
          sharing ->
              Sharer.with(BOB, true)
                  .apply(sharing)
                  .withLink(Optional.of(new ShareLink("0".repeat(64), OptionalLong.empty()))));
      FaultyBackend dying =
          new FaultyBackend(scene.store, FaultyBackend.Faults.forGood(call, Moment.BEFORE));
      boolean died = false;
      try {
        scene.organisationsOver(dying).remove(ALICE, acme, BOB);
      } catch (SyncException | StoreUnavailableException e) {
        died = true;
      }
      if (!died) {
        break;
      }

      completed += scene.organisations.resume(Duration.ZERO);

      boolean member = scene.memberships.isMember(acme, BOB);
      assertThat(scene.sharing().grants().isEmpty()).as("call " + call).isEqualTo(!member);
      assertThat(scene.sharing().link().isEmpty()).as("call " + call).isEqualTo(!member);
      assertThat(scene.store.directory().list("orgDeparture", "", 10)).as("call " + call).isEmpty();
    }
    assertThat(completed).isGreaterThan(3);
  }
}
