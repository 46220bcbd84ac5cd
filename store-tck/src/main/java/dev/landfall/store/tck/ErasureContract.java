package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ACME;
import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.EGGS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.NOTES;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How an owner is found everywhere, and removed. */
public interface ErasureContract extends StoreSubject {
  @Test
  default void anOwnersDocumentsAreListedInPieces() {
    DocumentId note = document(ALICE, NOTES, "note");
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "milk", ALICE)
                .put(BREAD, "bread", ALICE)
                .put(note, "note", ALICE)
                .delete(EGGS, ALICE)
                .put(document(new UserId("alice2"), TASKS, "hers"), "", ALICE)
                .put(document(new UserId("alic"), TASKS, "his"), "", ALICE)
                .put(document(ACME, TASKS, "theirs"), "", ACME));

    for (int limit : new int[] {1, 2, 3, 4, 1_000}) {
      List<DocumentId> listed = new ArrayList<>();
      List<DocumentId> piece = todo().owned(ALICE, Optional.empty(), limit);
      while (!piece.isEmpty()) {
        assertThat(piece).hasSizeLessThanOrEqualTo(limit);
        listed.addAll(piece);
        piece = todo().owned(ALICE, Optional.of(listed.get(listed.size() - 1)), limit);
      }
      assertThat(listed).containsExactlyInAnyOrder(MILK, BREAD, EGGS, note);
    }
    assertThat(todo().owned(BOB, Optional.empty(), 10)).isEmpty();
  }

  @Test
  default void aDocumentIsFoundByWhatItsRecordSays() {
    Commit all =
        Draft.append(
            todo(),
            draft ->
                draft
                    .put(recorded(draft, MILK, "{\"creator\":\"bob\"}"), ALICE)
                    .put(recorded(draft, BREAD, "{\"creator\":\"bobby\"}"), ALICE)
                    .put(recorded(draft, document(ACME, NOTES, "n"), "x\"bob\""), ACME)
                    .put(recorded(draft, EGGS, ""), ALICE));

    List<DocumentId> first = todo().mentioning("\"bob\"", Optional.empty(), 1);
    List<DocumentId> second = todo().mentioning("\"bob\"", Optional.of(first.get(0)), 5);

    assertThat(all.documents()).hasSize(4);
    assertThat(first).hasSize(1);
    assertThat(second).hasSize(1);
    assertThat(List.of(first.get(0), second.get(0)))
        .containsExactlyInAnyOrder(MILK, document(ACME, NOTES, "n"));
    assertThat(todo().mentioning("\"bob\"", Optional.of(second.get(0)), 5)).isEmpty();
    assertThat(todo().mentioning("\"nobody\"", Optional.empty(), 5)).isEmpty();
  }

  private static StoredDocument recorded(Draft draft, DocumentId id, String record) {
    return new StoredDocument(
        id, draft.tick(), false, Bytes.utf8("w"), Bytes.utf8(record), Bytes.EMPTY);
  }

  private static void erase(Draft draft, DocumentId id) {
    draft.put(StoredDocument.erased(id, draft.tick(), Bytes.utf8("gone")));
  }

  @Test
  default void whatNobodyElseHasIsRemovedAndTheOthersStayUntilThePurge() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "milk", ALICE, BOB)
                .put(BREAD, "bread", ALICE)
                .put(document(BOB, TASKS, "bobs"), "", BOB, ALICE));
    Commit erasing =
        Draft.append(
            todo(),
            draft -> {
              erase(draft, MILK);
              draft.enter(BOB, MILK, draft.tick(), FeedEntry.Kind.REVOKED);
              erase(draft, BREAD);
            });

    int removed = todo().erase(ALICE, erasing.clock(), 100);

    assertThat(removed).isEqualTo(4);
    assertThat(todo().erase(ALICE, erasing.clock(), 100)).isZero();
    assertThat(todo().find(Set.of(MILK, BREAD))).containsOnlyKeys(MILK);
    assertThat(StoreSubject.stored(todo(), MILK).isErased()).isTrue();
    assertThat(entries(ALICES_TASKS)).isEmpty();
    assertThat(entries(BOBS_TASKS))
        .extracting(item -> item.entry().kind())
        .containsExactly(FeedEntry.Kind.CHANGED, FeedEntry.Kind.REVOKED);
    assertThat(todo().owned(ALICE, Optional.empty(), 10)).containsExactly(MILK);
    assertThat(todo().purge(END_OF_TIME, 100)).isEqualTo(2);
    assertThat(todo().owned(ALICE, Optional.empty(), 10)).isEmpty();
    assertThat(todo().collections(ALICE, 10)).isEmpty();
    assertThat(todo().collections(BOB, 10)).containsExactly(TASKS);
  }

  @Test
  default void noMoreIsRemovedThanAskedFor() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 5; i++) {
            draft.put(task("k" + i), "", ALICE);
          }
        });
    Commit erasing =
        Draft.append(
            todo(),
            draft -> {
              for (int i = 0; i < 5; i++) {
                erase(draft, task("k" + i));
              }
            });

    List<Integer> removed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      removed.add(todo().erase(ALICE, erasing.clock(), 3));
    }

    assertThat(removed).containsExactly(3, 3, 3, 1, 0);
    assertThat(todo().owned(ALICE, Optional.empty(), 10)).isEmpty();
    assertThat(todo().collections(ALICE, 10)).isEmpty();
  }

  @Test
  default void whatIsNotErasedAndWhatIsLaterStays() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE).delete(EGGS, ALICE));
    Commit erasing = Draft.append(todo(), draft -> erase(draft, MILK));
    Commit later = Draft.append(todo(), draft -> draft.put(MILK, "again", ALICE));
    Draft.append(todo(), draft -> draft.put(BREAD, "bread", ALICE));

    todo().erase(ALICE, erasing.clock(), 100);

    assertThat(StoreSubject.stored(todo(), MILK)).isEqualTo(later.documents().get(0));
    assertThat(todo().find(Set.of(BREAD, EGGS))).hasSize(2);
    assertThat(entries(ALICES_TASKS))
        .extracting(item -> item.entry().document())
        .containsExactly(MILK, BREAD);
    assertThat(todo().collections(ALICE, 10)).containsExactly(TASKS);
  }

  @Test
  default void theHorizonsOfTheOwnerGoToo() {
    Draft.append(todo(), draft -> draft.delete(MILK, ALICE, BOB));
    todo().purge(END_OF_TIME, 100);

    todo().erase(ALICE, todo().tip().clock(), 100);

    assertThat(horizon(ALICES_TASKS)).isEqualTo(HybridTimestamp.ZERO);
    assertThat(horizon(BOBS_TASKS)).isNotEqualTo(HybridTimestamp.ZERO);
  }

  @Test
  default void whoWasErasedCanBeginAnew() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE).put(BREAD, "bread", ALICE));
    Commit erasing =
        Draft.append(
            todo(),
            draft -> {
              erase(draft, MILK);
              erase(draft, BREAD);
            });
    todo().erase(ALICE, erasing.clock(), 100);
    Commit anew = Draft.append(todo(), draft -> draft.put(MILK, "anew", ALICE));

    assertThat(StoreSubject.stored(todo(), MILK)).isEqualTo(anew.documents().get(0));
    assertThat(todo().collections(ALICE, 10)).containsExactly(TASKS);
    assertThat(todo().owned(ALICE, Optional.empty(), 10)).containsExactly(MILK);
    assertThat(entries(ALICES_TASKS))
        .extracting(item -> item.entry().position())
        .containsExactly(anew.documents().get(0).revision());
  }

  @Test
  default void anotherApplicationAndAnotherOwnerKeepEverything() {
    ApplicationStore other = backend().application(new ApplicationName("other"));
    DocumentId theirs = document(ACME, TASKS, "theirs");
    for (ApplicationStore store : List.of(todo(), other)) {
      Draft.append(store, draft -> draft.put(MILK, "milk", ALICE).put(theirs, "", ACME, BOB));
      Draft.append(store, draft -> erase(draft, MILK));
    }

    todo().erase(ALICE, END_OF_TIME, 100);

    assertThat(other.find(Set.of(MILK, theirs))).hasSize(2);
    assertThat(other.collections(ALICE, 10)).containsExactly(TASKS);
    assertThat(todo().find(Set.of(MILK, theirs))).containsOnlyKeys(theirs);
    assertThat(todo().collections(ACME, 10)).containsExactly(TASKS);
    assertThat(entries(BOBS_TASKS)).hasSize(1);
  }

  @Test
  default void aScrubIsDoneAfterAnotherCommitOrTwo() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Commit erasing = Draft.append(todo(), draft -> erase(draft, MILK));
    todo().erase(ALICE, erasing.clock(), 100);

    int commits = 0;
    while (!todo().scrub(erasing.number()) && commits < 3) {
      Draft.append(todo(), draft -> {});
      commits++;
    }

    assertThat(commits).isLessThan(3);
    assertThat(todo().tip().number()).isEqualTo(erasing.number() + commits);
    Draft.append(todo(), draft -> draft.put(BREAD, "bread", BOB));
    assertThat(entries(BOBS_TASKS)).hasSize(1);
  }

  private List<FeedItem> entries(Feed feed) {
    return todo().feed(Set.of(feed), HybridTimestamp.ZERO, END_OF_TIME, 1_000, 1 << 20).items();
  }

  private HybridTimestamp horizon(Feed feed) {
    return todo().feed(Set.of(feed), HybridTimestamp.ZERO, END_OF_TIME, 1, 1).horizon();
  }
}
