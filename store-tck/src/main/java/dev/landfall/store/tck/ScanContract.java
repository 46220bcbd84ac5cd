package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
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
import dev.landfall.api.Owner;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Going through all documents, piece by piece. */
public interface ScanContract extends StoreSubject {
  @Test
  default void anEmptyStoreIsOnePieceWithoutDocuments() {
    assertThat(todo().scan("", 10)).isEqualTo(new DocumentScan(List.of(), ""));
  }

  @Test
  default void everyDocumentIsInExactlyOnePiece() {
    Commit commit =
        Draft.append(
            todo(),
            draft -> {
              for (int i = 0; i < 10; i++) {
                draft.put(task("k" + i), "x", ALICE, BOB);
                draft.put(document(BOB, TASKS, "k" + i), Terms.of(List.of("a", "b")), BOB);
                draft.delete(document(ALICE, NOTES, "k" + i), ALICE);
              }
              draft.put(MILK, "nobody's");
            });

    for (int limit : new int[] {1, 7, 31, 1_000}) {
      assertThat(scan(todo(), limit)).containsExactlyInAnyOrderElementsOf(commit.documents());
    }
  }

  @Test
  default void whatIsForgottenIsInNoPiece() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Draft.append(todo(), draft -> draft.delete(BREAD, ALICE).delete(EGGS, ALICE));
    todo().purge(END_OF_TIME, 10);

    assertThat(scan(todo(), 1)).extracting(StoredDocument::id).containsExactly(MILK);
  }

  @Test
  default void otherApplicationsDocumentsAreInNoPiece() {
    for (String name : List.of("tod", "todo2", "todo-", "Todo", "other")) {
      Draft.append(
          backend().application(new ApplicationName(name)),
          draft -> draft.put(BREAD, "bread", ALICE));
    }

    assertThat(scan(todo(), 10)).isEmpty();
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    assertThat(scan(todo(), 10)).extracting(StoredDocument::id).containsExactly(MILK);
  }

  @Test
  default void documentsWithAwkwardNamesAreInOnePieceEach() {
    Set<DocumentId> ids = new HashSet<>();
    for (String name : AwkwardNameContract.NAMES) {
      ids.add(task(name));
    }
    ids.add(task("a\nb\nc"));
    ids.add(task("\n"));
    for (Owner owner : AwkwardNameContract.OWNERS) {
      ids.add(document(owner, TASKS, "k"));
      ids.add(document(owner, new CollectionName("Tasks"), "k"));
    }
    Draft.append(todo(), draft -> ids.forEach(id -> draft.put(id, "x", ALICE)));

    List<DocumentId> found = scan(todo(), 3).stream().map(StoredDocument::id).toList();

    assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  default void largeDocumentsMakeSmallPiecesAndNoneIsLost() {
    Bytes large = Bytes.copyOf(new byte[1 << 20]);
    Draft.append(
        todo(),
        draft -> {
          for (int i = 0; i < 12; i++) {
            draft.put(task("k" + i), false, large, ALICE);
          }
        });

    assertThat(scan(todo(), 1_000)).hasSize(12);
  }

  @Test
  default void whatIsThereAllTheTimeIsFoundUnderConcurrentWrites() {
    Set<DocumentId> there = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      there.add(task("k" + i));
    }
    Draft.append(todo(), draft -> there.forEach(id -> draft.put(id, "x", ALICE)));
    AtomicBoolean writing = new AtomicBoolean(true);

    Crowd.of(3)
        .each(
            number -> {
              if (number == 0) {
                for (int i = 0; i < 30; i++) {
                  int round = i;
                  Draft.append(
                      todo(),
                      draft ->
                          draft
                              .put(task("k" + round % 10), "y", ALICE)
                              .put(task("j" + round), "new", ALICE)
                              .delete(task("k" + (30 + round % 10)), ALICE));
                }
                writing.set(false);
                return;
              }
              boolean last = false;
              while (!last) {
                last = !writing.get();
                List<DocumentId> found =
                    scan(todo(), 10 * number).stream().map(StoredDocument::id).toList();
                assertThat(found).containsAll(there).doesNotHaveDuplicates();
              }
            });
  }

  private static List<StoredDocument> scan(ApplicationStore store, int limit) {
    List<StoredDocument> found = new ArrayList<>();
    String next = "";
    do {
      DocumentScan piece = store.scan(next, limit);
      assertThat(piece.documents()).hasSizeLessThanOrEqualTo(limit);
      found.addAll(piece.documents());
      next = piece.next();
    } while (!next.isEmpty());
    assertThat(found.stream().map(StoredDocument::id).collect(Collectors.toSet()))
        .hasSameSizeAs(found);
    return found;
  }
}
