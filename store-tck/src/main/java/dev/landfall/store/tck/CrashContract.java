package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.store.tck.FaultyBackend.Faults;
import dev.landfall.store.tck.FaultyBackend.Moment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * A short story of commits, failing at every store call in turn, before it and after it. What was
 * acknowledged is there, nothing is there twice, and no commit is there in part.
 */
public interface CrashContract extends StoreSubject {
  /** How many commits the story has. */
  int COMMITS = 6;

  @Test
  default void whoRepeatsTheSameCommitMakesItOnce() {
    long calls = tell(backend(), "faultless");
    ApplicationStore faultless = backend().application(new ApplicationName("faultless"));
    Follower expected = new Follower(faultless, 3, ALICES_TASKS, BOBS_TASKS);
    expected.catchUp();
    assertThat(expected.view()).hasSize(14);

    for (Moment moment : Moment.values()) {
      for (long number = 1; number <= calls; number++) {
        String story = "once-" + moment + "-" + number;

        tell(new FaultyBackend(backend(), Faults.once(number, moment)), story);

        ApplicationStore store = backend().application(new ApplicationName(story));
        Follower reader = new Follower(store, 3, ALICES_TASKS, BOBS_TASKS);
        reader.catchUp();
        assertThat(reader.view()).isEqualTo(expected.view());
        assertThat(store.tip()).isEqualTo(faultless.tip());
        assertThat(store.lastOfEpoch("e1")).contains(store.tip().clock());
      }
    }
  }

  @Test
  default void whoDiesLeavesWholeCommitsAndAllThatWereAcknowledged() {
    long calls = tell(backend(), "faultless");

    for (Moment moment : Moment.values()) {
      for (long number = 1; number <= calls; number++) {
        String story = "good-" + moment + "-" + number;
        FaultyBackend dying = new FaultyBackend(backend(), Faults.forGood(number, moment));
        List<Commit> acknowledged = new ArrayList<>();

        try {
          for (int i = 0; i < COMMITS; i++) {
            ApplicationStore store = dying.application(new ApplicationName(story));
            Draft draft = Draft.after(store.tip());
            chapter(draft, i);
            Commit commit = draft.commit();
            store.append(commit);
            acknowledged.add(commit);
            forget(store, commit);
          }
        } catch (StoreUnavailableException dead) {
          // as ordered
        }

        ApplicationStore store = backend().application(new ApplicationName(story));
        long made = store.tip().number();
        assertThat(made).isBetween((long) acknowledged.size(), acknowledged.size() + 1L);
        Follower reader = new Follower(store, 3, ALICES_TASKS, BOBS_TASKS);
        reader.catchUp();
        assertThat(reader.view()).isEqualTo(viewAfter(made));
      }
    }
  }

  /**
   * Tells the whole story, with every call made again until it succeeds; returns how many calls.
   */
  private static long tell(StoreBackend backend, String name) {
    FaultyBackend counting = new FaultyBackend(backend, Faults.NONE);
    ApplicationStore store = counting.application(new ApplicationName(name));
    for (int i = 0; i < COMMITS; i++) {
      Draft draft = Draft.after(again(store::tip));
      chapter(draft, i);
      Commit commit = draft.commit();
      assertThat(again(() -> store.append(commit))).isEqualTo(AppendOutcome.APPENDED);
      again(() -> forget(store, commit));
      assertThat(again(store::tip).number()).isEqualTo(i + 1L);
    }
    return counting.calls();
  }

  /** One way of forgetting and the other. */
  private static int forget(ApplicationStore store, Commit commit) {
    return commit.number() % 2 == 0
        ? store.purge(commit.clock(), 1)
        : store.forget(store.tombstones(HybridTimestamp.ZERO, 1));
  }

  private static <T> T again(Supplier<T> call) {
    try {
      return call.get();
    } catch (StoreUnavailableException once) {
      return call.get();
    }
  }

  private static void chapter(Draft draft, int number) {
    String wire = Integer.toString(number);
    draft.put(task("always"), wire, ALICE, BOB);
    draft.put(task("a" + number), wire, ALICE);
    draft.put(task("b" + number), wire, BOB);
    draft.put(task("c" + number), wire, ALICE, BOB);
    if (number > 0) {
      draft.delete(task("c" + (number - 1)), ALICE, BOB);
    }
  }

  private static Map<DocumentId, String> viewAfter(long commits) {
    Map<DocumentId, String> view = new HashMap<>();
    for (int i = 0; i < commits; i++) {
      String wire = Integer.toString(i);
      for (String key : List.of("always", "a" + i, "b" + i, "c" + i)) {
        view.put(task(key), wire);
      }
      view.remove(task("c" + (i - 1)));
    }
    return view;
  }
}
