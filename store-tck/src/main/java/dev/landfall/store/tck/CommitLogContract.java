package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The log: dense, append-only, each commit once. */
public interface CommitLogContract extends StoreSubject {
  @Test
  default void anEmptyLogHasNoTip() {
    assertThat(todo().tip()).isEqualTo(Tip.NONE);
  }

  @Test
  default void theTipIsTheLastCommit() {
    for (long number = 1; number <= 3; number++) {
      Commit commit = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));

      assertThat(commit.number()).isEqualTo(number);
      assertThat(todo().tip()).isEqualTo(new Tip(number, commit.clock()));
    }
  }

  @Test
  default void aCommitWithoutDocumentsMovesTheClock() {
    Commit commit = Draft.append(todo(), draft -> {});

    assertThat(todo().tip()).isEqualTo(new Tip(1, commit.clock()));
  }

  @Test
  default void theSameCommitTwiceIsOneCommit() {
    Commit commit = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));

    AppendOutcome again = todo().append(commit);

    assertThat(again).isEqualTo(AppendOutcome.APPENDED);
    assertThat(todo().tip()).isEqualTo(new Tip(1, commit.clock()));
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
  }

  @Test
  default void aRepetitionIsRecognisedWhenOthersHaveFollowed() {
    Commit first = Draft.append(todo(), draft -> draft.put(MILK, "first", ALICE));
    for (int i = 0; i < 100; i++) {
      Draft.append(todo(), draft -> draft.put(MILK, "later", ALICE));
    }
    Tip tip = todo().tip();

    AppendOutcome again = todo().append(first);

    assertThat(again).isEqualTo(AppendOutcome.APPENDED);
    assertThat(todo().tip()).isEqualTo(tip);
    assertThat(StoreSubject.stored(todo(), MILK).wire()).isEqualTo(Bytes.utf8("later"));
  }

  @Test
  default void anotherCommitUnderATakenNumberChangesNothing() {
    Commit first = Draft.append(todo(), draft -> draft.token("mine").put(MILK, "mine", ALICE));
    Draft other = Draft.after(Tip.NONE).token("yours").epoch("e2");
    other.put(MILK, "yours", ALICE).put(BREAD, "yours", ALICE);

    AppendOutcome outcome = todo().append(other.commit());

    assertThat(outcome).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(todo().tip()).isEqualTo(new Tip(1, first.clock()));
    assertThat(todo().find(Set.of(MILK, BREAD)))
        .containsOnlyKeys(MILK)
        .containsValue(first.documents().get(0));
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
    assertThat(todo().lastOfEpoch("e2")).isEmpty();
  }

  @Test
  default void aCommitThatLeavesANumberFreeIsRefused() {
    Commit first = Draft.append(todo(), draft -> {});
    Tip ahead = new Tip(2, first.clock());

    AppendOutcome outcome =
        todo().append(Draft.after(ahead).epoch("e2").put(MILK, "milk", ALICE).commit());

    assertThat(outcome).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(todo().tip()).isEqualTo(new Tip(1, first.clock()));
    assertThat(todo().find(Set.of(MILK))).isEmpty();
    assertThat(todo().lastOfEpoch("e2")).isEmpty();
  }

  @Test
  default void aCommitThatIsNotLaterThanTheLastIsRefused() {
    Commit first = Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Commit late = new Commit(2, first.clock(), "e1", "t2", List.of(), List.of());

    assertThatThrownBy(() -> todo().append(late)).isInstanceOf(IllegalArgumentException.class);

    assertThat(todo().tip()).isEqualTo(new Tip(1, first.clock()));
  }

  @Test
  default void anEntryAboutADocumentThatIsNotInItsCommitIsRefused() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));
    Draft draft = Draft.after(todo().tip()).put(BREAD, "bread", ALICE);
    draft.enter(ALICE, MILK, draft.tick(), FeedEntry.Kind.REVOKED);

    assertThatThrownBy(() -> todo().append(draft.commit()))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(todo().tip().number()).isEqualTo(1);
    assertThat(todo().find(Set.of(BREAD))).isEmpty();
    assertThat(todo().count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
  }

  @Test
  default void eachApplicationHasALogOfItsOwn() {
    List<ApplicationStore> stores = new ArrayList<>();
    for (String name : List.of("todo", "Todo", "todo.", "todo-1", "todo_1", "0")) {
      stores.add(backend().application(new ApplicationName(name)));
    }

    for (int i = 0; i < stores.size(); i++) {
      for (int j = 0; j <= i; j++) {
        String wire = "of application " + i;
        Draft.append(stores.get(i), draft -> draft.put(MILK, wire, ALICE));
      }
    }

    for (int i = 0; i < stores.size(); i++) {
      ApplicationStore store = stores.get(i);
      StoredDocument milk = StoreSubject.stored(store, MILK);
      assertThat(store.tip().number()).isEqualTo(i + 1L);
      assertThat(milk.wire()).isEqualTo(Bytes.utf8("of application " + i));
      assertThat(store.count(Set.of(ALICES_TASKS), HybridTimestamp.ZERO, END_OF_TIME)).isEqualTo(1);
    }
  }

  @Test
  default void anEpochEndsWithItsLastCommit() {
    Draft.append(todo(), draft -> draft.epoch("e1"));
    Commit lastOfFirst = Draft.append(todo(), draft -> draft.epoch("e1"));
    Draft.append(todo(), draft -> draft.epoch("e2"));
    Commit lastOfSecond = Draft.append(todo(), draft -> draft.epoch("e2"));

    assertThat(todo().lastOfEpoch("e1")).contains(lastOfFirst.clock());
    assertThat(todo().lastOfEpoch("e2")).contains(lastOfSecond.clock());
  }

  @Test
  default void anUnknownEpochHasNoLastCommit() {
    Draft.append(todo(), draft -> draft.epoch("e1"));
    Draft.append(backend().application(new ApplicationName("other")), draft -> draft.epoch("e2"));

    assertThat(todo().lastOfEpoch("e2")).isEmpty();
    assertThat(todo().lastOfEpoch("E1")).isEmpty();
    assertThat(todo().lastOfEpoch("e")).isEmpty();
  }

  @Test
  default void closingTwiceIsClosingOnce() {
    Draft.append(todo(), draft -> draft.put(MILK, "milk", ALICE));

    backend().close();
    backend().close();

    assertThatThrownBy(() -> backend().check()).hasMessageContaining("closed");
  }

  @Test
  default void anOpenStoreGivesASignOfLife() {
    backend().check();
  }
}
