package dev.landfall.store.tck;

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
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is asked of a store that outlives its process. */
public interface DurableStoreContract extends StoreContract {
  /** Closes the store and opens the same database again; {@link #backend()} is the new one. */
  StoreBackend reopen();

  @Test
  default void documentsAndFeedsOutliveARestart() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE, BOB));
    Commit commit =
        Draft.append(
            todo(),
            draft -> draft.put(BREAD, "bread", ALICE).delete(MILK, ALICE).put(EGGS, "", BOB));
    Draft.append(todo(), draft -> draft.revoke(commit.documents().get(0), BOB));
    Tip tip = todo().tip();
    Map<DocumentId, StoredDocument> documents = todo().find(Set.of(MILK, BREAD, EGGS));
    FeedPage alices = todo().feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99);
    FeedPage bobs = todo().feed(Set.of(BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99);

    reopen();

    assertThat(todo().tip()).isEqualTo(tip);
    assertThat(todo().find(Set.of(MILK, BREAD, EGGS))).isEqualTo(documents);
    assertThat(todo().feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99))
        .isEqualTo(alices);
    assertThat(todo().feed(Set.of(BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99))
        .isEqualTo(bobs);
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME))
        .isEqualTo(alices.items().size());
  }

  @Test
  default void theLogGoesOnAfterARestart() {
    Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE));

    reopen();
    Commit second = Draft.append(todo(), draft -> draft.put(MILK, "2", ALICE));
    reopen();

    assertThat(todo().tip()).isEqualTo(new Tip(2, second.clock()));
    assertThat(StoreSubject.stored(todo(), MILK).wire()).isEqualTo(Bytes.utf8("2"));
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
  }

  @Test
  default void aRepetitionIsRecognisedAfterARestart() {
    Commit first = Draft.append(todo(), draft -> draft.put(MILK, "1", ALICE));
    Commit second = Draft.append(todo(), draft -> draft.put(MILK, "2", ALICE));

    reopen();

    assertThat(todo().append(second)).isEqualTo(AppendOutcome.APPENDED);
    assertThat(todo().append(first)).isEqualTo(AppendOutcome.APPENDED);
    Draft other = Draft.after(new Tip(1, first.clock())).token("other").put(BREAD, "", ALICE);
    assertThat(todo().append(other.commit())).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(todo().tip()).isEqualTo(new Tip(2, second.clock()));
    assertThat(todo().find(Set.of(MILK, BREAD))).containsOnlyKeys(MILK);
  }

  @Test
  default void epochsAndCollectionsOutliveARestart() {
    Commit first = Draft.append(todo(), draft -> draft.epoch("e1").put(MILK, "", ALICE));
    Commit second =
        Draft.append(
            todo(), draft -> draft.epoch("e2").put(document(ALICE, NOTES, "n"), "", ALICE));

    reopen();

    assertThat(todo().lastOfEpoch("e1")).contains(first.clock());
    assertThat(todo().lastOfEpoch("e2")).contains(second.clock());
    assertThat(todo().collections(ALICE, 10)).containsExactlyInAnyOrder(TASKS, NOTES);
  }

  @Test
  default void whatWasForgottenStaysForgottenAndTheHorizonStays() {
    Commit deletion = Draft.append(todo(), draft -> draft.delete(MILK, ALICE));
    todo().purge(END_OF_TIME, 10);

    reopen();

    assertThat(todo().find(Set.of(MILK))).isEmpty();
    assertThat(
            todo().feed(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99).horizon())
        .isEqualTo(deletion.entries().get(0).position());
  }

  @Test
  default void theDirectoryOutlivesARestart() {
    DirectoryRecord ann = new DirectoryRecord("user", "ann", 1, Bytes.utf8("1"));
    DirectoryRecord again = new DirectoryRecord("user", "ann", 2, Bytes.utf8("2"));
    DirectoryRecord gone = new DirectoryRecord("user", "gone", 1, Bytes.EMPTY);
    backend().directory().write(ann);
    backend().directory().write(again);
    backend().directory().write(gone);
    backend().directory().remove("user", "gone", 1);

    reopen();

    assertThat(backend().directory().find("user", "ann")).contains(again);
    assertThat(backend().directory().list("user", "", 10)).containsExactly(again);
    assertThat(backend().directory().write(again)).isFalse();
  }

  @Test
  default void applicationsOutliveARestart() {
    for (String name : new String[] {"todo", "Todo", "planner"}) {
      ApplicationStore store = backend().application(new ApplicationName(name));
      Draft.append(store, draft -> draft.put(MILK, name, ALICE));
    }
    Draft.append(todo(), draft -> draft.put(MILK, "todo", ALICE));

    reopen();

    for (String name : new String[] {"todo", "Todo", "planner"}) {
      ApplicationStore store = backend().application(new ApplicationName(name));
      assertThat(StoreSubject.stored(store, MILK).wire()).isEqualTo(Bytes.utf8(name));
      assertThat(store.tip().number()).isEqualTo(name.equals("todo") ? 2 : 1);
    }
    assertThat(backend().application(new ApplicationName("TODO")).tip()).isEqualTo(Tip.NONE);
  }

  @Test
  default void restartsWhileWritingLoseNothing() {
    Follower alice = new Follower(todo(), 10, ALICES_TASKS);
    alice.catchUp();
    for (int i = 0; i < 20; i++) {
      String key = "k" + i;
      Draft.append(todo(), draft -> draft.put(Cast.task(key), key, ALICE));
      if (i % 5 == 4) {
        reopen();
      }
    }

    Follower late = new Follower(todo(), 10, ALICES_TASKS);
    late.catchUp();
    assertThat(late.view()).hasSize(20);
    assertThat(todo().tip().number()).isEqualTo(20);
  }
}
