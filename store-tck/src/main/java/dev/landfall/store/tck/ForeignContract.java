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

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Register;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Documents of others, found by the key under which a reader knows them, and registers. */
public interface ForeignContract extends StoreSubject {
  /** Before every position. */
  HybridTimestamp ZERO = HybridTimestamp.ZERO;

  /** Behind every position. */
  HybridTimestamp END =
      new HybridTimestamp(HybridTimestamp.MAX_MILLIS, HybridTimestamp.MAX_SEQUENCE, "~");

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

  @Test
  default void aRegisterHasOneFeedForTheDocumentsOfAllCollections() {
    Feed register = new Feed(new Register("published.0a"), new CollectionName("~"));
    DocumentId note = document(ALICE, NOTES, "milk");
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "milk", ALICE)
                .enter(register, MILK, draft.tick(), FeedEntry.Kind.CHANGED)
                .put(note, "note", ALICE)
                .enter(register, note, draft.tick(), FeedEntry.Kind.CHANGED));
    List<DocumentId> both = standing(register);

    Draft.append(
        todo(),
        draft -> {
          StoredDocument stored = StoreSubject.stored(todo(), MILK);
          draft.put(stored).enter(register, MILK, draft.tick(), FeedEntry.Kind.REVOKED);
        });

    assertThat(both).containsExactly(MILK, note);
    assertThat(standing(register)).containsExactly(note);
    assertThat(todo().feed(Set.of(ALICES_TASKS), ZERO, END, 10, 1000).items()).hasSize(1);
  }

  private List<DocumentId> standing(Feed feed) {
    return todo().feed(Set.of(feed), ZERO, END, 10, 1000).items().stream()
        .filter(item -> item.entry().kind() == FeedEntry.Kind.CHANGED)
        .map(item -> item.entry().document())
        .toList();
  }
}
