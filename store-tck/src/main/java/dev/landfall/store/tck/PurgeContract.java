package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.CAROL;
import static dev.landfall.store.tck.Cast.EGGS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static dev.landfall.store.tck.Cast.tasksOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.Tombstone;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What is forgotten: old tombstones and revocations, and never without a horizon to show for it.
 */
public interface PurgeContract extends StoreSubject {
  @Test
  default void thereIsNothingToForgetInAnEmptyStore() {
    assertThat(todo().purge(END_OF_TIME, 100)).isZero();
  }

  @Test
  default void anOldTombstoneIsForgottenAndTheHorizonRises() {
    Draft.append(todo(), draft -> draft.put(BREAD, "bread", ALICE));
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE, BOB));
    HybridTimestamp position = deletion.entries().get(0).position();

    int forgotten = todo().purge(deletion.clock(), 100);

    assertThat(forgotten).isEqualTo(1);
    assertThat(todo().find(Set.of(MILK, BREAD))).containsOnlyKeys(BREAD);
    assertThat(documents(ALICES_TASKS)).containsExactly(BREAD);
    assertThat(documents(BOBS_TASKS)).isEmpty();
    assertThat(horizon(ALICES_TASKS)).isEqualTo(position);
    assertThat(horizon(BOBS_TASKS)).isEqualTo(position);
    assertThat(todo().count(Set.of(BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isZero();
  }

  @Test
  default void liveDocumentsAreNeverForgotten() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    Draft.append(todo(), draft -> draft.put(BREAD, "again", ALICE));

    int forgotten = todo().purge(END_OF_TIME, 100);

    assertThat(forgotten).isZero();
    assertThat(todo().find(Set.of(MILK, BREAD))).hasSize(2);
    assertThat(documents(ALICES_TASKS)).containsExactly(MILK, BREAD);
    assertThat(documents(BOBS_TASKS)).containsExactly(MILK);
    assertThat(horizon(ALICES_TASKS, BOBS_TASKS)).isEqualTo(HybridTimestamp.ZERO);
  }

  @Test
  default void whatIsNotFromBeforeStays() {
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE).delete(BREAD, ALICE));
    HybridTimestamp second = deletion.entries().get(1).position();

    int forgotten = todo().purge(second, 100);

    assertThat(forgotten).isEqualTo(1);
    assertThat(todo().find(Set.of(MILK, BREAD))).containsOnlyKeys(BREAD);
    assertThat(horizon(ALICES_TASKS)).isEqualTo(deletion.entries().get(0).position());
  }

  @Test
  default void anOldRevocationIsForgottenAndItsDocumentStays() {
    Commit grant = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Commit revocation = Draft.append(todo(), draft -> draft.revoke(grant.documents().get(0), BOB));

    int forgotten = todo().purge(END_OF_TIME, 100);

    assertThat(forgotten).isEqualTo(1);
    assertThat(todo().find(Set.of(MILK))).hasSize(1);
    assertThat(documents(ALICES_TASKS)).containsExactly(MILK);
    assertThat(documents(BOBS_TASKS)).isEmpty();
    assertThat(horizon(BOBS_TASKS)).isEqualTo(revocation.entries().get(0).position());
    assertThat(horizon(ALICES_TASKS)).isEqualTo(HybridTimestamp.ZERO);
  }

  @Test
  default void aRevocationThatWasTakenBackIsNotForgotten() {
    Commit grant = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Draft.append(todo(), draft -> draft.revoke(grant.documents().get(0), BOB));
    Draft.append(todo(), draft -> draft.put(MILK, "again", ALICE, BOB));

    int forgotten = todo().purge(END_OF_TIME, 100);

    assertThat(forgotten).isZero();
    assertThat(documents(BOBS_TASKS)).containsExactly(MILK);
  }

  @Test
  default void aTombstoneStaysWhileAReaderHasLaterNewsOfIt() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));
    Commit revocation =
        Draft.append(todo(), draft -> draft.revoke(deletion.documents().get(0), BOB));

    int early = todo().purge(deletion.clock(), 100);
    Set<DocumentId> before = new HashSet<>(documents(BOBS_TASKS));
    int late = todo().purge(revocation.clock(), 100);

    assertThat(early).isZero();
    assertThat(before).containsExactly(MILK);
    assertThat(late).isEqualTo(2);
    assertThat(todo().find(Set.of(MILK))).isEmpty();
    assertThat(documents(ALICES_TASKS)).isEmpty();
    assertThat(documents(BOBS_TASKS)).isEmpty();
    assertThat(horizon(BOBS_TASKS)).isEqualTo(revocation.entries().get(0).position());
  }

  @Test
  default void noMoreIsForgottenThanAskedFor() {
    for (int i = 0; i < 10; i++) {
      String key = Integer.toString(i);
      Commit commit = Draft.append(todo(), draft -> draft.delete(task(key), ALICE, BOB, CAROL));
      Commit shared = Draft.append(todo(), draft -> draft.put(task("s" + key), "", ALICE, BOB));
      Draft.append(todo(), draft -> draft.revoke(shared.documents().get(0), BOB));
      assertThat(commit.documents()).hasSize(1);
    }

    assertThat(todo().purge(END_OF_TIME, 7)).isEqualTo(7);
    assertThat(todo().purge(END_OF_TIME, 7)).isEqualTo(7);
    assertThat(todo().purge(END_OF_TIME, 7)).isEqualTo(6);
    assertThat(todo().purge(END_OF_TIME, 7)).isZero();
    assertThat(documents(ALICES_TASKS)).hasSize(10);
    assertThat(documents(BOBS_TASKS)).isEmpty();
  }

  @Test
  default void whatIsBlockedDoesNotHideWhatIsNot() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 20; i++) {
            draft.delete(task("blocked" + i), ALICE);
          }
        });
    Commit free = Draft.append(todo(), draft -> draft.delete(EGGS, ALICE));
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 20; i++) {
            DocumentId id = task("blocked" + i);
            draft.put(StoreSubject.stored(todo(), id));
            draft.enter(BOB, id, draft.tick(), FeedEntry.Kind.CHANGED);
          }
        });

    int forgotten = todo().purge(free.clock(), 5);

    assertThat(forgotten).isEqualTo(1);
    assertThat(todo().find(Set.of(EGGS))).isEmpty();
    assertThat(documents(BOBS_TASKS)).hasSize(20);
  }

  @Test
  default void theHorizonNeverFalls() {
    Draft.append(todo(), draft -> draft.delete(MILK, ALICE));
    Commit second = Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    todo().purge(END_OF_TIME, 100);
    HybridTimestamp risen = horizon(ALICES_TASKS);

    Draft.append(todo(), draft -> draft.put(EGGS, "eggs", ALICE));
    todo().purge(second.clock(), 100);

    assertThat(risen).isEqualTo(second.entries().get(0).position());
    assertThat(horizon(ALICES_TASKS)).isEqualTo(risen);
  }

  @Test
  default void theHorizonOfSeveralFeedsIsTheLatest() {
    Commit grant = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    Commit last = Draft.append(todo(), draft -> draft.revoke(grant.documents().get(0), BOB));
    todo().purge(END_OF_TIME, 100);

    assertThat(horizon(ALICES_TASKS, BOBS_TASKS, tasksOf(CAROL)))
        .isEqualTo(last.entries().get(0).position());
    assertThat(horizon(tasksOf(CAROL))).isEqualTo(HybridTimestamp.ZERO);
  }

  @Test
  default void aForgottenDocumentCanComeBack() {
    Draft.append(todo(), draft -> draft.delete(MILK, ALICE, BOB));
    todo().purge(END_OF_TIME, 100);
    Commit back = Draft.append(todo(), draft -> draft.put(MILK, "back", ALICE));

    assertThat(todo().find(Set.of(MILK))).containsValue(back.documents().get(0));
    assertThat(documents(ALICES_TASKS)).containsExactly(MILK);
    assertThat(documents(BOBS_TASKS)).isEmpty();
  }

  @Test
  default void anotherApplicationForgetsNothing() {
    ApplicationStore other = backend().application(new ApplicationName("other"));
    for (ApplicationStore store : List.of(todo(), other)) {
      Commit grant =
          Draft.append(store, draft -> draft.put(MILK, "", ALICE, BOB).delete(BREAD, ALICE));
      Draft.append(store, draft -> draft.revoke(grant.documents().get(0), BOB));
    }

    assertThat(todo().purge(END_OF_TIME, 100)).isEqualTo(2);

    assertThat(other.find(Set.of(BREAD))).hasSize(1);
    assertThat(other.count(Set.of(ALICES_TASKS, BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME))
        .isEqualTo(3);
  }

  @Test
  default void theTipIsWhereItWas() {
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));
    todo().purge(END_OF_TIME, 100);

    assertThat(todo().tip().clock()).isEqualTo(deletion.clock());
    assertThat(todo().lastOfEpoch("e1")).contains(deletion.clock());
  }

  @Test
  default void deletionsAreListedWithWhereTheyStandOldestFirst() {
    Commit grant = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Draft.append(todo(), draft -> draft.revoke(grant.documents().get(0), BOB));
    Commit bread = Draft.append(todo(), draft -> draft.delete(BREAD, ALICE, CAROL));
    Commit milk = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));

    List<Tombstone> all = todo().tombstones(HybridTimestamp.ZERO, 10);

    assertThat(all).extracting(Tombstone::id).containsExactly(BREAD, MILK);
    assertThat(all.get(0).revision()).isEqualTo(bread.documents().get(0).revision());
    assertThat(all.get(0).entries()).containsExactlyInAnyOrderElementsOf(bread.entries());
    assertThat(all.get(1).entries())
        .hasSize(2)
        .anyMatch(
            entry -> entry.kind() == FeedEntry.Kind.REVOKED && entry.feed().equals(BOBS_TASKS));
    assertThat(all.get(1).last()).isEqualTo(milk.entries().get(0).position());
    assertThat(todo().tombstones(HybridTimestamp.ZERO, 1)).isEqualTo(all.subList(0, 1));
    assertThat(todo().tombstones(all.get(0).revision(), 10)).isEqualTo(all.subList(1, 2));
  }

  @Test
  default void aDeletionThatIsForgottenByNameRaisesTheHorizonAndIsGone() {
    Draft.append(todo(), draft -> draft.put(EGGS, "eggs", ALICE));
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE, BOB));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    List<Tombstone> all = todo().tombstones(HybridTimestamp.ZERO, 10);

    int forgotten = todo().forget(all.subList(0, 1));

    assertThat(forgotten).isEqualTo(1);
    assertThat(todo().find(Set.of(MILK, BREAD, EGGS))).containsOnlyKeys(BREAD, EGGS);
    assertThat(documents(ALICES_TASKS)).containsExactly(EGGS, BREAD);
    assertThat(documents(BOBS_TASKS)).isEmpty();
    HybridTimestamp position = deletion.entries().get(0).position();
    assertThat(horizon(ALICES_TASKS)).isEqualTo(position);
    assertThat(horizon(BOBS_TASKS)).isEqualTo(position);
    assertThat(todo().forget(all.subList(0, 1))).isZero();
    assertThat(todo().forget(List.of())).isZero();
  }

  @Test
  default void whatHasComeSinceADeletionWasListedKeepsIt() {
    Commit created = Draft.append(todo(), draft -> draft.put(EGGS, "eggs", ALICE, BOB));
    Draft.append(todo(), draft -> draft.delete(MILK, ALICE));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    Draft.append(todo(), draft -> draft.delete(EGGS, ALICE));
    List<Tombstone> listed = todo().tombstones(HybridTimestamp.ZERO, 10);
    Draft.append(todo(), draft -> draft.put(MILK, "again", ALICE));
    Draft.append(todo(), draft -> draft.put(BREAD, "again", ALICE));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE));
    Draft.append(
        todo(),
        draft -> draft.revoke(StoreSubject.stored(todo(), created.documents().get(0).id()), BOB));

    assertThat(todo().forget(listed)).isZero();

    assertThat(todo().find(Set.of(MILK, BREAD, EGGS))).hasSize(3);
    assertThat(documents(ALICES_TASKS)).containsExactlyInAnyOrder(MILK, BREAD, EGGS);
    assertThat(horizon(ALICES_TASKS, BOBS_TASKS)).isEqualTo(HybridTimestamp.ZERO);
  }

  private HybridTimestamp horizon(Feed... feeds) {
    FeedPage page = todo().feed(Set.of(feeds), END_OF_TIME, END_OF_TIME, 1, 1);
    assertThat(todo().feed(Set.of(feeds), HybridTimestamp.ZERO, END_OF_TIME, 1, 1).horizon())
        .isEqualTo(page.horizon());
    return page.horizon();
  }

  private List<DocumentId> documents(Feed feed) {
    return todo()
        .feed(Set.of(feed), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1 << 20)
        .items()
        .stream()
        .map(item -> item.entry().document())
        .toList();
  }
}
