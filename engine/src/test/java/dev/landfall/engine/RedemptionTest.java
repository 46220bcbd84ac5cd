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
import dev.landfall.api.UserId;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Grant;
import dev.landfall.engine.document.PendingGrant;
import dev.landfall.engine.document.ShareLink;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.problem.Problem;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.stores.TestStore;
import dev.landfall.store.memory.MemoryBackend;
import dev.landfall.store.tck.Crowd;
import dev.landfall.store.tck.FreshSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Links and addresses that become grants. */
class RedemptionTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final UserId CAROL = new UserId("carol");
  private static final String HASH = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final DocumentId MILK = new DocumentId(ALICE, TASKS, new DocumentKey("milk"));

  /** A server over a store on which Alice has a document. */
  private static final class World {
    final List<UserId> blockers = new ArrayList<>();
    final Sharer node;
    long millis = TestServer.START;

    World(StoreBackend store) {
      node = new Sharer(store, FreshSeed.of(RedemptionTest.class), () -> millis);
      node.sync(ALICE, ZERO, edit("milk", "{\"a\":1}", Map.of("a", at(0, "phone")), ZERO));
    }

    final SharingGuard guard =
        new SharingGuard() {
          @Override
          public boolean administers(UserId user, OrganisationId organisation) {
            return false;
          }

          @Override
          public Set<UserId> blockersOf(UserId giver) {
            return Set.copyOf(blockers);
          }
        };

    Sharing share(UnaryOperator<Sharing> change) {
      node.share(ALICE, ALICE, "milk", change);
      return sharing();
    }

    Sharing sharing() {
      List<Document> found = node.engine().indexed(TODO, ALICE, MILK.key(), Optional.of(TASKS));
      return found.get(0).index().sharing();
    }

    void link(String hash, boolean writes, OptionalInt uses, OptionalLong expires) {
      share(
          sharing ->
              sharing.withLink(
                  Optional.of(
                      new ShareLink(
                          hash, expires, Optional.of(new ShareLink.Redeemable(writes, uses))))));
    }

    Optional<Problem> redeem(UserId user, String hash) {
      try {
        node.engine().redeem(TODO, user, MILK, hash, guard);
        return Optional.empty();
      } catch (SyncException e) {
        return Optional.of(e.problem());
      }
    }

    boolean reads(UserId user) {
      return node.sync(user, ZERO).documents().containsKey("milk");
    }
  }

  private final World world = new World(new MemoryBackend(1L << 30));

  @Test
  void whoRedeemsALinkIsGrantedTheDocumentWhichSyncsAndSaysWhereTheGrantIsFrom() {
    world.link(HASH, false, OptionalInt.empty(), OptionalLong.empty());
    HybridTimestamp before = world.node.sync(BOB, ZERO).clock();

    assertThat(world.redeem(BOB, HASH)).isEmpty();

    assertThat(world.node.sync(BOB, before).documents()).containsKey("milk");
    assertThat(world.sharing().visibility()).isEqualTo(Visibility.PRIVATE);
    assertThat(world.sharing().grants()).singleElement().matches(Grant::isByLink);
    assertThat(world.reads(CAROL)).isFalse();
    assertThat(world.redeem(CAROL, OTHER)).contains(SyncProblem.NOT_FOUND);
  }

  @Test
  void whatWasGrantedByALinkEndsWithIt() {
    world.link(HASH, false, OptionalInt.empty(), OptionalLong.empty());
    world.redeem(BOB, HASH);
    HybridTimestamp clock = world.node.sync(BOB, ZERO).clock();

    world.link(OTHER, false, OptionalInt.empty(), OptionalLong.empty());

    assertThat(world.node.sync(BOB, clock).documents().get("milk").get("_revoked")).isNotNull();
    assertThat(world.redeem(BOB, HASH)).contains(SyncProblem.NOT_FOUND);
    assertThat(world.sharing().grants()).isEmpty();
  }

  @Test
  void whatIsGivenToWhomALinkHasBroughtStaysWithoutTheLink() {
    world.link(HASH, false, OptionalInt.empty(), OptionalLong.empty());
    world.redeem(BOB, HASH);

    world.share(Sharer.with(BOB, false));
    world.share(sharing -> sharing.withLink(Optional.empty()));

    assertThat(world.reads(BOB)).isTrue();
    assertThat(world.sharing().grants()).singleElement().matches(grant -> !grant.isByLink());
  }

  @Test
  void aLinkThatIsOverEndsByItselfAndWhatItGrantedToo() {
    world.link(HASH, false, OptionalInt.empty(), OptionalLong.of(TestServer.START + 1_000));
    world.redeem(BOB, HASH);
    world.node.engine().expire(TODO, MILK, HASH);
    assertThat(world.reads(BOB)).as("not yet").isTrue();

    world.millis = TestServer.START + 1_000;

    assertThat(world.redeem(CAROL, HASH)).contains(SyncProblem.NOT_FOUND);
    world.node.engine().expire(TODO, MILK, OTHER);
    assertThat(world.reads(BOB)).as("another link").isTrue();
    world.node.engine().expire(TODO, MILK, HASH);
    assertThat(world.reads(BOB)).isFalse();
    assertThat(world.sharing().link()).isEmpty();
  }

  @Test
  void whoLosesWhatALinkGrantedDoesNotGetItAgainByIt() {
    world.link(HASH, true, OptionalInt.empty(), OptionalLong.empty());
    world.redeem(BOB, HASH);

    world.share(Sharer.without(BOB));

    assertThat(world.redeem(BOB, HASH)).contains(SyncProblem.NOT_FOUND);
    assertThat(world.reads(BOB)).isFalse();
    assertThat(world.redeem(CAROL, HASH)).isEmpty();
  }

  @Test
  void aLinkToReadOnlyIsNotRedeemed() {
    world.share(
        sharing -> sharing.withLink(Optional.of(new ShareLink(HASH, OptionalLong.empty()))));

    assertThat(world.redeem(BOB, HASH)).contains(SyncProblem.NOT_FOUND);
    assertThat(world.node.engine().linked(TODO, MILK, HASH)).isPresent();
  }

  @Test
  void aLinkThatIsUsedUpOpensNothing() {
    world.link(HASH, false, OptionalInt.of(1), OptionalLong.empty());
    assertThat(world.node.engine().linked(TODO, MILK, HASH)).isPresent();

    world.redeem(ALICE, HASH);
    world.redeem(BOB, HASH);

    assertThat(world.redeem(BOB, HASH)).as("the same again").isEmpty();
    assertThat(world.redeem(CAROL, HASH)).contains(SyncProblem.NOT_FOUND);
    assertThat(world.node.engine().linked(TODO, MILK, HASH)).isEmpty();
    assertThat(world.reads(BOB)).isTrue();
  }

  @Test
  void whoBlocksTheMakerOfALinkIsToldSo() {
    world.link(HASH, false, OptionalInt.of(1), OptionalLong.empty());
    world.blockers.add(BOB);

    assertThat(world.redeem(BOB, HASH)).contains(SyncProblem.FORBIDDEN);
    assertThat(world.redeem(CAROL, HASH)).isEmpty();
  }

  @Test
  void aGrantToAnAddressWaitsForWhoHasIt() {
    world.share(
        sharing ->
            sharing
                .withVisibility(Visibility.SHARED, Optional.empty())
                .with(new PendingGrant("bob@example.org", TODO, true))
                .with(new PendingGrant("carol@example.org", TODO, false)));
    assertThat(world.reads(BOB)).isFalse();

    world.node.engine().claim(TODO, BOB, "bob@example.org", Set.of(MILK), world.guard);
    world.node.engine().claim(TODO, BOB, "bob@example.org", Set.of(MILK), world.guard);

    assertThat(world.reads(BOB)).isTrue();
    assertThat(world.sharing().lets(BOB, TODO)).isTrue();
    assertThat(world.sharing().pending())
        .singleElement()
        .isEqualTo(new PendingGrant("carol@example.org", TODO, false, Optional.of(ALICE)));
    world.share(sharing -> sharing.without("bob@example.org", TODO));
    assertThat(world.reads(BOB)).isFalse();
  }

  @Test
  void whatIsTakenBackBeforeAnybodyComesIsNotGranted() {
    world.share(sharing -> sharing.with(new PendingGrant("bob@example.org", TODO, true)));
    world.share(sharing -> sharing.without("bob@example.org", TODO));

    world.node.engine().claim(TODO, BOB, "bob@example.org", Set.of(MILK), world.guard);

    assertThat(world.sharing().grants()).isEmpty();
  }

  @Test
  void whoBlocksWhoeverSharesWithTheirAddressIsGrantedNothing() {
    world.blockers.add(BOB);
    world.share(
        sharing ->
            sharing
                .withVisibility(Visibility.SHARED, Optional.empty())
                .with(new PendingGrant("bob@example.org", TODO, true)));

    world.node.engine().claim(TODO, BOB, "bob@example.org", Set.of(MILK), world.guard);

    assertThat(world.reads(BOB)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void aLinkIsRedeemedAsOftenAsItMayBeHoweverManyTryAtOnce(TestStore kind) {
    kind.with(
        store -> {
          World crowded = new World(store);
          crowded.link(HASH, false, OptionalInt.of(5), OptionalLong.empty());
          AtomicInteger granted = new AtomicInteger();

          Crowd.of(16)
              .each(
                  i -> {
                    if (crowded.redeem(new UserId("user-" + i), HASH).isEmpty()) {
                      granted.incrementAndGet();
                    }
                  });

          assertThat(granted.get()).isEqualTo(5);
          assertThat(crowded.sharing().grants()).hasSize(5).allMatch(Grant::isByLink);
        });
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void aLinkThatIsTakenBackWhileSomebodyRedeemsItLeavesNothing(TestStore kind) {
    kind.with(
        store -> {
          World crowded = new World(store);
          for (int round = 0; round < 5; round++) {
            crowded.link(HASH, false, OptionalInt.empty(), OptionalLong.empty());
            UserId somebody = new UserId("user-" + round);

            Crowd.of(2)
                .each(
                    i -> {
                      if (i == 0) {
                        crowded.redeem(somebody, HASH);
                      } else {
                        crowded.share(sharing -> sharing.withLink(Optional.empty()));
                      }
                    });

            assertThat(crowded.sharing().grants()).isEmpty();
            assertThat(crowded.reads(somebody)).isFalse();
          }
        });
  }
}
