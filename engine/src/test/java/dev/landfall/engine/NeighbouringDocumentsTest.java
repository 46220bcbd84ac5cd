package dev.landfall.engine;

import static dev.landfall.engine.Sharer.of;
import static dev.landfall.engine.Sharer.with;
import static dev.landfall.engine.Sharer.without;
import static dev.landfall.engine.TestServer.ALICE;
import static dev.landfall.engine.TestServer.BOB;
import static dev.landfall.engine.TestServer.TASKS;
import static dev.landfall.engine.TestServer.TODO;
import static dev.landfall.engine.TestServer.at;
import static dev.landfall.engine.TestServer.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.engine.TestServer.Answer;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.store.memory.MemoryBackend;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Documents of one key in several places: what is done to one of them is done to no other. */
class NeighbouringDocumentsTest {
  private static final HybridTimestamp ZERO = HybridTimestamp.ZERO;
  private static final HybridTimestamp T1 = at(1, "phone");
  private static final HybridTimestamp T2 = at(2, "tablet");
  private static final UserId CAROL = new UserId("carol");
  private static final OrganisationId ACME = new OrganisationId("acme");
  private static final CollectionName DIARY = new CollectionName("diary");
  private static final UnaryOperator<Sharing> PUBLIC =
      sharing -> sharing.withVisibility(Visibility.PUBLIC, Optional.empty());
  private static final UnaryOperator<Sharing> TO_ACME =
      sharing -> sharing.withVisibility(Visibility.ORG, Optional.of(ACME));

  private final MemoryBackend store = new MemoryBackend(1L << 30);
  private final Sharer node = new Sharer(store, 1, () -> TestServer.START + 1_000);

  private static Change plan(String value) {
    return edit("plan", "{'a':'" + value + "'}", Map.of("a", T1), ZERO);
  }

  private void write(UserId user, CollectionName collection, String value) {
    node.engine().sync(TODO, user, user, SyncRequest.push(collection, ZERO, List.of(plan(value))));
  }

  private Answer pull(UserId user, CollectionName collection) {
    return TestServer.deliver(
        node.engine().sync(TODO, user, user, SyncRequest.pull(collection, ZERO)));
  }

  private boolean exists(UserId user) {
    DocumentId id = new DocumentId(user, TASKS, new DocumentKey("plan"));
    return !store.application(TODO).find(Set.of(id)).isEmpty();
  }

  @Test
  void sharingADocumentSharesNoneOfItsKeyInAnotherCollection() {
    write(ALICE, TASKS, "task");
    write(ALICE, DIARY, "diary");

    node.share(ALICE, ALICE, "plan", PUBLIC);

    assertThat(pull(BOB, TASKS).fields("plan")).isEqualTo(Vectors.json("{'a':'task'}"));
    assertThat(pull(BOB, DIARY).order()).isEmpty();
  }

  @Test
  void aPublicDocumentIsDeliveredInItsOwnCollectionOnly() {
    write(ALICE, TASKS, "task");
    node.share(ALICE, ALICE, "plan", PUBLIC);

    assertThat(pull(BOB, DIARY).order()).isEmpty();
  }

  @Test
  void publishingADocumentOfAnOrganisationPublishesNoPersonalOne() {
    write(ALICE, TASKS, "personal");
    node.sync(ALICE, ACME, ZERO, true, plan("ours"));

    node.share(ACME, ALICE, "plan", PUBLIC);

    assertThat(pull(BOB, TASKS).order()).containsExactly("plan");
    assertThat(pull(BOB, TASKS).fields("plan")).isEqualTo(Vectors.json("{'a':'ours'}"));
  }

  @Test
  void aPublicDocumentIsNeverMixedIntoAnotherOfItsKey() {
    write(BOB, TASKS, "bobs");
    write(ALICE, TASKS, "alices");
    node.share(ALICE, ALICE, "plan", PUBLIC);

    Answer existing = pull(BOB, TASKS);
    Answer pushed =
        node.sync(
            BOB, BOB, ZERO, false, edit("plan", "{'a':'new'}", Map.of("a", T2), existing.clock()));

    assertThat(existing.fields("plan")).isEqualTo(Vectors.json("{'a':'bobs'}"));
    assertThat(pushed.fields("plan")).isEqualTo(Vectors.json("{'a':'new'}"));
    assertThat(node.sync(ALICE, ZERO).documents().get("plan").toString()).doesNotContain("new");
  }

  @Test
  void twoOwnersOfOneKeyStayTwoDocuments() {
    write(ALICE, TASKS, "a");
    write(BOB, TASKS, "b");
    node.share(ALICE, ALICE, "plan", with(CAROL, true));
    node.share(BOB, BOB, "plan", with(CAROL, false));

    Answer both = node.sync(CAROL, ZERO);
    node.sync(
        CAROL, both.clock(), of(ALICE, edit("plan", "{'a':'c'}", Map.of("a", T2), both.clock())));

    assertThat(both.order()).containsExactly("plan", "plan");
    assertThat(node.sync(ALICE, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':'c'}"));
    assertThat(pull(BOB, TASKS).fields("plan")).isEqualTo(Vectors.json("{'a':'b'}"));
    assertThat(exists(CAROL)).isFalse();
  }

  @Test
  void namesThatOnlyLookAlikeAreDifferentPlaces() {
    CollectionName plain = new CollectionName("a:b");
    CollectionName escaped = new CollectionName("a%3Ab");
    write(ALICE, plain, "plain");
    node.sync(BOB, new OrganisationId("alice"), ZERO, true, plan("organisation"));
    write(ALICE, TASKS, "user");

    assertThat(pull(ALICE, escaped).order()).isEmpty();
    assertThat(pull(ALICE, plain).fields("plan")).isEqualTo(Vectors.json("{'a':'plain'}"));
    assertThat(pull(ALICE, TASKS).fields("plan")).isEqualTo(Vectors.json("{'a':'user'}"));
  }

  @Test
  void aPushAfterARevokeTellsNothingOfTheDocument() {
    write(ALICE, TASKS, "secret");
    node.share(ALICE, ALICE, "plan", with(BOB, true));
    HybridTimestamp bobs = node.sync(BOB, ZERO).clock();
    node.share(ALICE, ALICE, "plan", without(BOB));
    Change mine = edit("plan", "{'a':'mine'}", Map.of("a", T2), bobs);

    Answer named = node.sync(BOB, bobs, of(ALICE, mine));
    Answer unnamed = node.sync(BOB, BOB, bobs, false, mine);

    for (Answer answer : List.of(named, unnamed)) {
      assertThat(answer.conflicts()).isEmpty();
      assertThat(answer.documents().toString()).doesNotContain("secret");
    }
    assertThat(node.sync(ALICE, ZERO).fields("plan")).isEqualTo(Vectors.json("{'a':'secret'}"));
  }

  @Test
  void whatIsOldArrivesWhenItIsPublishedOrShownToAnOrganisation() {
    write(ALICE, TASKS, "old");
    node.sync(BOB, ZERO, edit("other", "{'a':1}", Map.of("a", T2), ZERO));
    HybridTimestamp own = node.sync(BOB, ZERO).clock();
    HybridTimestamp inside = node.sync(BOB, ACME, ZERO, true).clock();

    node.share(ALICE, ALICE, "plan", TO_ACME);
    Answer shown = node.sync(BOB, ACME, inside, true);
    node.share(ALICE, ALICE, "plan", PUBLIC);
    Answer published = node.sync(BOB, own);

    assertThat(shown.order()).containsExactly("plan");
    assertThat(published.order()).containsExactly("plan");
    assertThat(node.sync(BOB, ACME, shown.clock(), true).documents().toString())
        .doesNotContain("_revoked");
  }
}
