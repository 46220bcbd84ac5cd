package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.StoreSubject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many requests a sync costs: none of it grows with the number of documents. */
class RequestCountTest {
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private ApplicationStore store;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    CommandListener listener =
        new CommandListener() {
          @Override
          public void commandStarted(CommandStartedEvent event) {
            requests.add(event.getCommandName());
          }
        };
    store =
        database
            .open(settings -> settings.addCommandListener(listener))
            .application(new ApplicationName("todo"));
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 200})
  void aPushIsFiveRequests(int documents) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    for (int i = 0; i < documents; i++) {
      ids.add(task("k" + i));
    }
    for (int round = 0; round < 2; round++) {
      HybridTimestamp cursor = store.lastKnownTip().clock();
      requests.clear();

      Tip tip = store.lastKnownTip();
      store.find(ids);
      Draft draft = Draft.after(tip);
      ids.forEach(id -> draft.put(id, Terms.of(List.of("a", "b")), ALICE));
      store.append(draft.commit());
      store.lastKnownTip();
      List<FeedItem> echo =
          store.feed(Set.of(ALICES_TASKS), cursor, END_OF_TIME, 500, 1 << 20).items();

      assertThat(echo).hasSize(documents);
      assertThat(requests).containsExactly("find", "insert", "update", "update", "find");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200})
  void aSearchIsTwoRequestsAndOneMoreForElementsThatMayBeFrequent(int documents) {
    Terms terms = Terms.of(List.of("a", "b"));
    for (int round = 0; round < 2; round++) {
      Draft.append(
          store,
          draft -> {
            for (int i = 0; i < documents; i++) {
              draft.put(task("k" + i), terms, ALICE);
            }
          });
      List<TermRange> a = List.of(TermRange.of("a"));
      List<TermRange> b = List.of(TermRange.startingWith("b"));
      requests.clear();

      assertThat(StoreSubject.search(store, Set.of(ALICES_TASKS), new TermQuery(List.of(a)), 200))
          .isPresent();
      assertThat(requests).containsExactly("find", "find");
      requests.clear();

      assertThat(
              StoreSubject.search(store, Set.of(ALICES_TASKS), new TermQuery(List.of(a, b)), 200))
          .isPresent();
      assertThat(requests).containsExactly("find", "find");
    }
  }

  @Test
  void aTryAfterACommitOfAnotherNodeReadsTheLogOnceAndTheDocuments() {
    ApplicationStore other = database.open().application(new ApplicationName("todo"));
    Set<DocumentId> ids = Set.of(task("a"), task("b"));
    Tip tip = store.lastKnownTip();
    store.find(ids);
    Draft clashing = Draft.after(tip).token("ours");
    ids.forEach(id -> clashing.put(id, "old", ALICE));
    Draft.append(other, draft -> draft.put(task("a"), "new", ALICE));
    requests.clear();

    assertThat(store.append(clashing.commit())).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(store.lastKnownTip()).isEqualTo(other.tip());
    assertThat(store.find(ids)).isEqualTo(other.find(ids));
    assertThat(requests).containsExactly("insert", "find", "find");
  }

  @Test
  void anEmptyPullIsTwoRequests() {
    HybridTimestamp cursor = store.tip().clock();
    requests.clear();

    store.tip();
    store.feed(Set.of(ALICES_TASKS, BOBS_TASKS), cursor, END_OF_TIME, 500, 1 << 20);

    assertThat(requests).containsExactly("find", "find");
  }

  @Test
  void aPullOfAnotherNodesCommitIsTwoRequests() {
    ApplicationStore other = database.open().application(new ApplicationName("todo"));
    HybridTimestamp cursor = store.tip().clock();
    Draft.append(other, draft -> draft.put(task("a"), "a", ALICE).put(task("b"), "b", ALICE));
    requests.clear();

    store.tip();
    List<FeedItem> items =
        store.feed(Set.of(ALICES_TASKS), cursor, END_OF_TIME, 500, 1 << 20).items();

    assertThat(items).hasSize(2);
    assertThat(requests).containsExactly("find", "find");
  }

  @Test
  void whoSharesNothingIsAskedOnceForDocumentsOfOthers() {
    Set<Feed> feeds = Set.of(ALICES_TASKS, BOBS_TASKS);
    Set<DocumentKey> keys = Set.of(MILK.key());
    store.foreign(Set.of(ALICES_TASKS), keys);
    requests.clear();

    store.foreign(Set.of(ALICES_TASKS), keys);

    assertThat(requests).isEmpty();
    Draft.append(store, draft -> draft.put(MILK, "milk", ALICE, BOB));
    assertThat(store.foreign(feeds, keys)).containsExactly(MILK);
  }

  @Test
  void whatAnotherNodeSharesIsFoundThoughNothingWasSharedBefore() {
    ApplicationStore other = database.open().application(new ApplicationName("todo"));
    Set<DocumentKey> keys = Set.of(MILK.key());
    assertThat(store.foreign(Set.of(BOBS_TASKS), keys)).isEmpty();

    Draft.append(other, draft -> draft.put(MILK, "milk", ALICE, BOB));
    store.tip();

    assertThat(store.foreign(Set.of(BOBS_TASKS), keys)).containsExactly(MILK);
  }
}
