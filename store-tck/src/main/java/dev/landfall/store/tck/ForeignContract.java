package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ACME;
import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.CAROL;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.NOTES;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.tasksOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.store.Feed;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Documents of others, found by the key under which a reader knows them. */
public interface ForeignContract extends StoreSubject {
  @Test
  default void aSharedDocumentIsFoundByItsKey() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB).put(BREAD, "bread", ALICE));

    assertThat(todo().foreign(Set.of(BOBS_TASKS), Set.of(MILK.key(), BREAD.key())))
        .containsExactly(MILK);
  }

  @Test
  default void onesOwnDocumentsAreNotForeign() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));

    assertThat(todo().foreign(Set.of(ALICES_TASKS), Set.of(MILK.key()))).isEmpty();
  }

  @Test
  default void whatWasRevokedIsNotFoundUntilItIsSharedAgain() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Draft.append(todo(), draft -> draft.revoke(StoreSubject.stored(todo(), MILK), BOB));
    Set<DocumentId> revoked = todo().foreign(Set.of(BOBS_TASKS), Set.of(MILK.key()));

    Draft.append(todo(), draft -> draft.put(MILK, "again", ALICE, BOB));

    assertThat(revoked).isEmpty();
    assertThat(todo().foreign(Set.of(BOBS_TASKS), Set.of(MILK.key()))).containsExactly(MILK);
  }

  @Test
  default void severalOwnersMayUseOneKey() {
    DocumentId carols = document(CAROL, TASKS, "milk");
    DocumentId acmes = document(ACME, TASKS, "milk");
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "alice", ALICE, BOB)
                .put(carols, "carol", CAROL, Everybody.EVERYBODY)
                .put(acmes, "acme", ACME));

    assertThat(
            todo()
                .foreign(
                    Set.of(BOBS_TASKS, tasksOf(Everybody.EVERYBODY)),
                    Set.of(new DocumentKey("milk"))))
        .containsExactlyInAnyOrder(MILK, carols);
  }

  @Test
  default void anotherCollectionIsAnotherPlace() {
    Draft.append(todo(), draft -> draft.put(document(ALICE, NOTES, "milk"), "milk", ALICE, BOB));

    assertThat(todo().foreign(Set.of(BOBS_TASKS), Set.of(MILK.key()))).isEmpty();
    assertThat(todo().foreign(Set.of(new Feed(BOB, NOTES)), Set.of(MILK.key()))).hasSize(1);
  }

  @Test
  default void nothingIsFoundWhereNothingIs() {
    assertThat(todo().foreign(Set.of(BOBS_TASKS), Set.of(MILK.key()))).isEmpty();
    assertThat(todo().foreign(Set.of(BOBS_TASKS), Set.of())).isEmpty();
  }
}
