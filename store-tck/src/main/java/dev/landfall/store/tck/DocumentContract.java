package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ACME;
import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
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
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Usage;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is stored is found again, as it was. */
public interface DocumentContract extends StoreSubject {
  @Test
  default void aDocumentIsFoundAsItWasStored() {
    Draft draft = Draft.after(todo().tip());
    StoredDocument milk =
        new StoredDocument(
            MILK,
            draft.tick(),
            false,
            Bytes.utf8("{\"title\":\"Milch\"}"),
            Bytes.utf8("record"),
            Bytes.utf8("history"));

    todo().append(draft.put(milk, ALICE).commit());

    assertThat(todo().find(Set.of(MILK))).isEqualTo(Map.of(MILK, milk));
  }

  @Test
  default void whatIsNotStoredIsNotFound() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));

    assertThat(todo().find(Set.of(MILK, BREAD, document(BOB, TASKS, "milk"))))
        .containsOnlyKeys(MILK);
    assertThat(todo().find(Set.of(BREAD))).isEmpty();
    assertThat(todo().find(Set.of())).isEmpty();
  }

  @Test
  default void aDocumentReplacesTheOneBeforeInEveryPart() {
    Draft first = Draft.after(todo().tip());
    first.put(
        new StoredDocument(
            MILK,
            first.tick(),
            true,
            Bytes.utf8("wire 1"),
            Bytes.utf8("record 1"),
            Bytes.utf8("history 1")),
        ALICE);
    todo().append(first.commit());
    Draft second = Draft.after(todo().tip());
    StoredDocument replacement =
        new StoredDocument(
            MILK, second.tick(), false, Bytes.utf8("2"), Bytes.EMPTY, Bytes.utf8("history 2"));

    todo().append(second.put(replacement, ALICE).commit());

    assertThat(todo().find(Set.of(MILK))).isEqualTo(Map.of(MILK, replacement));
  }

  @Test
  default void aTombstoneIsFound() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));

    assertThat(todo().find(Set.of(MILK))).containsValue(deletion.documents().get(0));
    assertThat(StoreSubject.stored(todo(), MILK).deleted()).isTrue();
  }

  @Test
  default void bytesOfEveryValueSurvive() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    Draft draft = Draft.after(todo().tip());
    StoredDocument milk =
        new StoredDocument(
            MILK, draft.tick(), false, Bytes.copyOf(all), Bytes.copyOf(all, 0, 1), Bytes.EMPTY);

    todo().append(draft.put(milk, ALICE).commit());

    assertThat(todo().find(Set.of(MILK))).isEqualTo(Map.of(MILK, milk));
  }

  @Test
  default void theLargestDocumentSurvives() {
    Draft draft = Draft.after(todo().tip());
    StoredDocument largest =
        new StoredDocument(
            MILK, draft.tick(), false, noise(1 << 20), noise(1 << 20), noise(4 << 20));

    todo().append(draft.put(largest, ALICE).put(BREAD, "bread", ALICE).commit());

    assertThat(todo().find(Set.of(MILK))).isEqualTo(Map.of(MILK, largest));
    assertThat(todo().feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 10, 1).items())
        .singleElement()
        .satisfies(item -> assertThat(item.wire()).isEqualTo(largest.wire()));
  }

  @Test
  default void aCommitOfTenThousandDocumentsIsFoundInOneGo() {
    Set<DocumentId> ids = new HashSet<>();
    Commit commit =
        Draft.append(
            todo(),
            draft -> {
              for (int i = 0; i < 10_000; i++) {
                DocumentId id = document(i % 2 == 0 ? ALICE : BOB, TASKS, "key " + i);
                ids.add(id);
                draft.put(id, "wire " + i, ALICE, BOB);
              }
            });

    Map<DocumentId, StoredDocument> found = todo().find(ids);

    assertThat(found).hasSize(10_000);
    assertThat(commit.documents())
        .allSatisfy(stored -> assertThat(found.get(stored.id())).isEqualTo(stored));
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME))
        .isEqualTo(10_000);
  }

  @Test
  default void tenThousandIdsOfWhichFewExist() {
    Draft.append(
        todo(),
        draft -> draft.put(task("3"), "3", ALICE).put(task("9999"), "9999", ALICE).delete(EGGS));
    Set<DocumentId> ids = new HashSet<>(Set.of(EGGS));
    for (int i = 0; i < 10_000; i++) {
      ids.add(task(Integer.toString(i)));
    }

    assertThat(todo().find(ids)).containsOnlyKeys(task("3"), task("9999"), EGGS);
  }

  @Test
  default void anOwnersCollectionsAreThoseWithDocuments() {
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "milk", ALICE)
                .put(BREAD, "bread", ALICE)
                .delete(document(ALICE, NOTES, "n"), ALICE)
                .put(document(ACME, new CollectionName("plans"), "p"), "plan", ALICE));

    assertThat(todo().collections(ALICE, 10)).containsExactlyInAnyOrder(TASKS, NOTES);
    assertThat(todo().collections(ACME, 10)).containsExactly(new CollectionName("plans"));
    assertThat(todo().collections(BOB, 10)).isEmpty();
    assertThat(backend().application(new ApplicationName("other")).collections(ALICE, 10))
        .isEmpty();
  }

  @Test
  default void noMoreCollectionsAreListedThanAskedFor() {
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 5; i++) {
            draft.put(document(ALICE, new CollectionName("c" + i), "k"), "x", ALICE);
          }
        });

    assertThat(todo().collections(ALICE, 3)).hasSize(3);
    assertThat(todo().collections(ALICE, 5)).hasSize(5);
  }

  @Test
  default void anOwnersUsageIsOfLiveDocumentsOfAllCollections() {
    UserId alicia = new UserId(ALICE.value() + "a");
    Draft.append(
        todo(),
        draft ->
            draft
                .put(MILK, "12345", ALICE, BOB)
                .put(BREAD, "ä", ALICE)
                .put(document(ALICE, NOTES, "n"), "1", ALICE)
                .delete(EGGS, ALICE)
                .put(document(alicia, TASKS, "k"), "another one's", ALICE, alicia)
                .put(document(ACME, TASKS, "k"), "an organisation's", ACME));

    assertThat(todo().usage(ALICE)).isEqualTo(new Usage(3, 8));
    assertThat(todo().usage(BOB)).isEqualTo(Usage.NONE);
    assertThat(backend().application(new ApplicationName("other")).usage(ALICE))
        .isEqualTo(Usage.NONE);
  }

  @Test
  default void anOwnersUsageFollowsEveryCommit() {
    Draft.append(todo(), draft -> draft.put(MILK, "12345", ALICE).put(BREAD, "123", ALICE));
    Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE).put(EGGS, "1234567", ALICE));
    assertThat(todo().usage(ALICE)).isEqualTo(new Usage(3, 11));

    Draft.append(todo(), draft -> draft.delete(EGGS, ALICE));
    assertThat(todo().usage(ALICE)).isEqualTo(new Usage(2, 4));

    Draft.append(todo(), draft -> draft.put(EGGS, "12", ALICE).delete(MILK, ALICE));
    assertThat(todo().usage(ALICE)).isEqualTo(new Usage(2, 5));

    todo().purge(END_OF_TIME, 100);
    assertThat(todo().usage(ALICE)).isEqualTo(new Usage(2, 5));
  }

  private static Bytes noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return Bytes.copyOf(noise);
  }
}
