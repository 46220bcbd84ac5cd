package dev.landfall.store.mongo;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.BREAD;
import static dev.landfall.store.tck.Cast.EGGS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.MILK;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.store.tck.Draft;
import dev.landfall.store.tck.Follower;
import dev.landfall.store.tck.StoreSubject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node is paused with a request in its hands, others go on without it, and then the request is
 * sent: what it wanted to write is of another time.
 */
class PausedNodeTest {
  private static final ApplicationName TODO = new ApplicationName("todo");

  private final CountDownLatch paused = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private volatile String pauseAt = "";
  private TestDatabase database;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
  }

  @AfterEach
  void close() {
    goOn.countDown();
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"update documents", "update entries"})
  void anOldCommitThatIsAppliedLateChangesNothing(String request) throws Exception {
    ApplicationStore sleeper = sleeper();
    Draft.append(sleeper, draft -> draft.put(MILK, "old", ALICE, BOB));
    Commit late =
        Draft.after(sleeper.tip())
            .put(BREAD, "new", ALICE)
            .put(EGGS, "eggs", ALICE, BOB)
            .delete(MILK, ALICE, BOB)
            .put(task("kept"), "kept", BOB)
            .commit();
    pauseAt = request;
    CompletableFuture<AppendOutcome> append =
        CompletableFuture.supplyAsync(() -> sleeper.append(late));
    assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();

    ApplicationStore other = database.open().application(TODO);
    assertThat(other.tip().number()).isEqualTo(2);
    assertThat(view(other)).containsOnlyKeys(BREAD, EGGS, task("kept"));
    Draft.append(other, draft -> draft.delete(BREAD, ALICE).put(MILK, "milk 3", ALICE));
    Draft.append(other, draft -> draft.delete(EGGS, ALICE, BOB).put(MILK, "milk 4", ALICE));
    Draft.append(other, draft -> draft.revoke(late.documents().get(3), BOB));
    int forgotten = other.purge(END_OF_TIME, 100);
    Map<DocumentId, String> before = view(other);
    HybridTimestamp horizon = horizon(other);
    goOn.countDown();
    AppendOutcome outcome = outcome(append);

    assertThat(forgotten).isGreaterThanOrEqualTo(3);
    assertThat(outcome).isIn(AppendOutcome.APPENDED, null);
    for (ApplicationStore store :
        new ApplicationStore[] {other, sleeper, database.open().application(TODO)}) {
      assertThat(store.tip().number()).isEqualTo(5);
      assertThat(view(store)).isEqualTo(before).isEqualTo(Map.of(MILK, "milk 4"));
      assertThat(store.find(Set.of(BREAD, EGGS))).isEmpty();
      assertThat(store.find(Set.of(MILK, task("kept")))).hasSize(2);
      assertThat(horizon(store)).isEqualTo(horizon);
      assertThat(store.append(late)).isEqualTo(AppendOutcome.APPENDED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"update documents", "update entries"})
  void anOldCommitThatIsAppliedLateDoesNotBringOldTermsBack(String request) throws Exception {
    ApplicationStore sleeper = sleeper();
    Draft.append(sleeper, draft -> draft.put(MILK, terms("first"), ALICE));
    Commit late =
        Draft.after(sleeper.tip())
            .put(MILK, terms("late"), ALICE, BOB)
            .put(BREAD, terms("late"), ALICE)
            .commit();
    pauseAt = request;
    CompletableFuture<AppendOutcome> append =
        CompletableFuture.supplyAsync(() -> sleeper.append(late));
    assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();

    ApplicationStore other = database.open().application(TODO);
    assertThat(other.tip().number()).isEqualTo(2);
    assertThat(found(other, "late")).hasSize(3);
    Draft.append(
        other,
        draft -> late.documents().forEach(document -> draft.index(document, terms("indexed"))));
    goOn.countDown();
    outcome(append);

    for (ApplicationStore store :
        new ApplicationStore[] {other, sleeper, database.open().application(TODO)}) {
      assertThat(store.tip().number()).isEqualTo(3);
      assertThat(found(store, "indexed")).containsExactlyInAnyOrderElementsOf(late.entries());
      assertThat(found(store, "late")).isEmpty();
      assertThat(found(store, "first")).isEmpty();
    }
  }

  @Test
  void newTermsThatAreAppliedLateDoNotReplaceNewerOnes() throws Exception {
    ApplicationStore sleeper = sleeper();
    Commit first =
        Draft.append(
            sleeper,
            draft ->
                draft
                    .put(MILK, terms("first"), ALICE, BOB)
                    .put(BREAD, terms("first"), ALICE)
                    .put(EGGS, terms("first"), ALICE));
    Draft late = Draft.after(sleeper.tip());
    first.documents().forEach(document -> late.index(document, terms("late")));
    pauseAt = "update entries";
    CompletableFuture<AppendOutcome> append =
        CompletableFuture.supplyAsync(() -> sleeper.append(late.commit()));
    assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();

    ApplicationStore other = database.open().application(TODO);
    assertThat(other.tip().number()).isEqualTo(2);
    assertThat(found(other, "late")).hasSize(4);
    Draft.append(other, draft -> draft.index(first.documents().get(0), terms("newer")));
    Draft.append(other, draft -> draft.put(BREAD, terms("newer"), ALICE));
    goOn.countDown();
    outcome(append);

    for (ApplicationStore store :
        new ApplicationStore[] {other, sleeper, database.open().application(TODO)}) {
      assertThat(store.tip().number()).isEqualTo(4);
      assertThat(found(store, "newer")).hasSize(3);
      assertThat(found(store, "late")).containsExactly(first.entries().get(3));
      assertThat(found(store, "first")).isEmpty();
    }
  }

  private static Terms terms(String term) {
    return Terms.of(List.of(term));
  }

  private static List<FeedEntry> found(ApplicationStore store, String term) {
    TermQuery query = new TermQuery(List.of(List.of(TermRange.of(term))));
    return StoreSubject.search(store, Set.of(ALICES_TASKS, BOBS_TASKS), query, 10).orElseThrow();
  }

  @Test
  void aCommitThatIsSentLateIsNotMade() throws Exception {
    ApplicationStore sleeper = sleeper();
    Draft.append(sleeper, draft -> draft.put(MILK, "old", ALICE));
    Commit late = Draft.after(sleeper.tip()).token("late").put(BREAD, "late", ALICE).commit();
    pauseAt = "insert log";
    CompletableFuture<AppendOutcome> append =
        CompletableFuture.supplyAsync(() -> sleeper.append(late));
    assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();

    ApplicationStore other = database.open().application(TODO);
    for (int i = 0; i < 20; i++) {
      Draft.append(other, draft -> draft.put(EGGS, "eggs", ALICE));
    }
    new LogCompaction(TODO, database.collections()).run(15, other.tip().clock());
    goOn.countDown();

    assertThat(outcome(append)).isIn(AppendOutcome.NUMBER_TAKEN, null);
    assertThat(sleeper.append(late)).isEqualTo(AppendOutcome.NUMBER_TAKEN);
    assertThat(sleeper.tip()).isEqualTo(other.tip());
    assertThat(view(sleeper)).isEqualTo(view(other)).containsOnlyKeys(MILK, EGGS);
    assertThat(other.find(Set.of(BREAD))).isEmpty();
  }

  /** Null if the store did not know. */
  private static AppendOutcome outcome(CompletableFuture<AppendOutcome> append)
      throws InterruptedException {
    try {
      return append.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return null;
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("it hangs", e);
    }
  }

  private static Map<DocumentId, String> view(ApplicationStore store) {
    Follower follower = new Follower(store, 2, ALICES_TASKS, BOBS_TASKS);
    follower.catchUp();
    return follower.view();
  }

  private static HybridTimestamp horizon(ApplicationStore store) {
    return store
        .feed(Set.of(ALICES_TASKS, BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME, 9, 99)
        .horizon();
  }

  /** A node that stops before it sends the first request of the kind in {@link #pauseAt}. */
  private ApplicationStore sleeper() {
    CommandListener listener =
        new CommandListener() {
          @Override
          public void commandStarted(CommandStartedEvent event) {
            String name = event.getCommandName();
            if (event.getCommand().get(name).isString()
                && pauseAt.equals(name + " " + event.getCommand().getString(name).getValue())) {
              pauseAt = "";
              paused.countDown();
              await();
            }
          }
        };
    // Its time limit is long, or the driver would not send what it was about to send.
    return database.open(it -> it.addCommandListener(listener)).application(TODO);
  }

  private void await() {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
