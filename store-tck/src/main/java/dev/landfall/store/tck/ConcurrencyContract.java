package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.BOB;
import static dev.landfall.store.tck.Cast.BOBS_TASKS;
import static dev.landfall.store.tck.Cast.END_OF_TIME;
import static dev.landfall.store.tck.Cast.task;
import static dev.landfall.store.tck.Cast.tasksOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.Tip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many at once: every commit happens once and is seen whole, and nobody misses any. */
public interface ConcurrencyContract extends StoreSubject {
  @Test
  default void sixteenWritersAtOnceLoseNothing() {
    ConcurrentLinkedQueue<Commit> won = new ConcurrentLinkedQueue<>();

    Crowd.of(16)
        .each(
            writer -> {
              for (int i = 0; i < 15; i++) {
                String name = writer + "-" + i;
                won.add(race(draft -> draft.token(name).put(task(name), name, ALICE)));
              }
            });

    assertThat(won)
        .extracting(Commit::number)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 240).boxed().collect(Collectors.toList()));
    assertThat(todo().tip().number()).isEqualTo(240);
    Map<DocumentId, String> expected = new HashMap<>();
    won.forEach(commit -> expected.put(task(commit.token()), commit.token()));
    Follower alice = new Follower(todo(), 100, ALICES_TASKS);
    assertThat(alice.catchUp()).hasSize(240);
    assertThat(alice.view()).isEqualTo(expected);
    assertThat(todo().find(expected.keySet())).hasSize(240);
    for (Commit commit : won) {
      assertThat(todo().append(commit)).isEqualTo(AppendOutcome.APPENDED);
    }
    assertThat(todo().tip().number()).isEqualTo(240);
  }

  @Test
  default void ofManyWithOneNumberOneIsAppended() {
    for (int round = 0; round < 10; round++) {
      Tip tip = todo().tip();
      AtomicInteger won = new AtomicInteger();

      Crowd.of(16)
          .each(
              writer -> {
                Draft draft = Draft.after(tip).token("w" + writer);
                draft.put(task("w" + writer), "x", ALICE);
                if (todo().append(draft.commit()) == AppendOutcome.APPENDED) {
                  won.incrementAndGet();
                }
              });

      assertThat(won).hasValue(1);
      assertThat(todo().tip().number()).isEqualTo(round + 1L);
      assertThat(todo().feed(Set.of(ALICES_TASKS), tip.clock(), END_OF_TIME, 100, 100).items())
          .hasSize(1);
    }
  }

  @Test
  default void manyWithOneTokenAreOneCommit() {
    Commit commit = Draft.after(todo().tip()).put(task("a"), "a", ALICE).commit();

    Crowd.of(16)
        .each(writer -> assertThat(todo().append(commit)).isEqualTo(AppendOutcome.APPENDED));

    assertThat(todo().tip()).isEqualTo(new Tip(1, commit.clock()));
  }

  @Test
  default void aReaderWhoFollowsTheTipMissesNothing() {
    AtomicInteger writing = new AtomicInteger(4);

    Crowd.of(8)
        .each(
            number -> {
              if (number < 4) {
                Random random = new Random(number);
                for (int i = 0; i < 60; i++) {
                  int commit = i;
                  race(
                      draft ->
                          distinct(random, 7)
                              .forEach(
                                  key -> draft.put(task(key), number + "." + commit, ALICE, BOB)));
                }
                writing.decrementAndGet();
              } else {
                Follower follower = new Follower(todo(), 1 + number, ALICES_TASKS, BOBS_TASKS);
                boolean last = false;
                while (!last) {
                  last = writing.get() == 0;
                  follower.catchUp();
                }
                assertThat(follower.view()).isEqualTo(truth());
                assertThat(follower.restarts()).isZero();
              }
            });
  }

  /** Now one feed has news, now another: what is later in one says that all before it was seen. */
  @Test
  default void whoReadsSeveralFeedsAsFarAsTheyGoMissesNothing() {
    int commits = 150;
    AtomicInteger writing = new AtomicInteger(1);

    Crowd.of(3)
        .each(
            number -> {
              if (number == 0) {
                for (int i = 0; i < commits; i++) {
                  int commit = i;
                  race(draft -> draft.put(task("k" + commit), "", commit % 3 == 0 ? BOB : ALICE));
                }
                writing.decrementAndGet();
                return;
              }
              Set<DocumentId> seen = new HashSet<>();
              HybridTimestamp cursor = HybridTimestamp.ZERO;
              boolean last = false;
              while (!last) {
                last = writing.get() == 0;
                List<FeedItem> items =
                    todo()
                        .feed(Set.of(ALICES_TASKS, BOBS_TASKS), cursor, END_OF_TIME, 50, 1 << 20)
                        .items();
                for (FeedItem item : items) {
                  seen.add(item.entry().document());
                  cursor = item.entry().position();
                }
                last &= items.isEmpty();
              }
              assertThat(seen).hasSize(commits);
            });
  }

  @Test
  default void aReaderSeesACommitWholeOrNotAtAll() {
    Set<DocumentId> ids = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      ids.add(task("k" + i));
    }
    AtomicInteger writing = new AtomicInteger(2);

    Crowd.of(6)
        .each(
            number -> {
              if (number < 2) {
                for (int i = 0; i < 100; i++) {
                  String wire = number + "." + i;
                  race(draft -> ids.forEach(id -> draft.put(id, wire, ALICE, BOB)));
                }
                writing.decrementAndGet();
                return;
              }
              HybridTimestamp seen = HybridTimestamp.ZERO;
              while (writing.get() > 0) {
                Tip tip = todo().tip();
                assertThat(tip.clock()).isGreaterThanOrEqualTo(seen);
                seen = tip.clock();
                Set<String> found = new HashSet<>();
                HybridTimestamp oldest = END_OF_TIME;
                var documents = todo().find(ids);
                for (var document : documents.values()) {
                  found.add(document.wire().utf8());
                  if (oldest.isAfter(document.revision())) {
                    oldest = document.revision();
                  }
                }
                Set<String> read = new HashSet<>();
                List<FeedItem> items =
                    todo()
                        .feed(
                            Set.of(ALICES_TASKS, BOBS_TASKS),
                            HybridTimestamp.ZERO,
                            END_OF_TIME,
                            100,
                            1 << 20)
                        .items();
                items.forEach(item -> read.add(item.wire().utf8()));
                long count =
                    todo()
                        .count(Set.of(ALICES_TASKS, BOBS_TASKS), HybridTimestamp.ZERO, END_OF_TIME);

                if (tip.number() > 0) {
                  assertThat(documents).hasSize(20);
                  assertThat(oldest.millis()).isGreaterThanOrEqualTo(tip.clock().millis());
                  assertThat(found).hasSize(1);
                  assertThat(items).hasSize(40);
                  assertThat(read).hasSize(1);
                  assertThat(count).isEqualTo(40);
                }
              }
            });
  }

  @Test
  default void aReaderSeesTheFirstCommitOfItsFeedsWhole() {
    AtomicInteger round = new AtomicInteger();
    int rounds = 150;

    Crowd.of(2)
        .each(
            number -> {
              if (number == 0) {
                for (int i = 0; i < rounds; i++) {
                  UserId[] readers = newcomers(i);
                  while (round.get() < i) {
                    Thread.onSpinWait();
                  }
                  race(draft -> draft.put(task("k"), "x", readers));
                }
                return;
              }
              for (int i = 0; i < rounds; i++) {
                Set<Feed> feeds = new HashSet<>();
                for (UserId reader : newcomers(i)) {
                  feeds.add(tasksOf(reader));
                }
                round.set(i);
                int read = 0;
                while (read == 0) {
                  read =
                      todo().feed(feeds, HybridTimestamp.ZERO, END_OF_TIME, 10, 10).items().size();
                }
                assertThat(read).isEqualTo(4);
              }
            });
  }

  private static UserId[] newcomers(int round) {
    UserId[] newcomers = new UserId[4];
    Arrays.setAll(newcomers, i -> new UserId("newcomer-" + round + "-" + i));
    return newcomers;
  }

  @Test
  default void aReaderIsToldWhenSomethingWasForgotten() {
    AtomicInteger writing = new AtomicInteger(2);

    Crowd.of(5)
        .each(
            number -> {
              if (number < 2) {
                Random random = new Random(number);
                for (int i = 0; i < 100; i++) {
                  int commit = i;
                  race(
                      draft ->
                          distinct(random, 3)
                              .forEach(
                                  key -> {
                                    if (random.nextBoolean()) {
                                      draft.delete(task(key), ALICE);
                                    } else {
                                      draft.put(task(key), number + "." + commit, ALICE);
                                    }
                                  }));
                }
                writing.decrementAndGet();
              } else if (number == 2) {
                while (writing.get() > 0) {
                  todo().purge(todo().tip().clock(), 2);
                }
              } else {
                Follower follower = new Follower(todo(), number, ALICES_TASKS);
                boolean last = false;
                while (!last) {
                  last = writing.get() == 0;
                  follower.catchUp();
                }
                assertThat(follower.view()).isEqualTo(truth());
              }
            });
  }

  /** Writes and appends until the number is free; the content is written anew each time. */
  private Commit race(Consumer<Draft> content) {
    while (true) {
      Draft draft = Draft.after(todo().tip());
      content.accept(draft);
      Commit commit = draft.commit();
      String token = commit.token() + "-" + Thread.currentThread().getId();
      Commit mine =
          new Commit(
              commit.number(),
              commit.clock(),
              commit.epoch(),
              commit.token().startsWith("t") ? token : commit.token(),
              commit.documents(),
              commit.entries());
      if (todo().append(mine) == AppendOutcome.APPENDED) {
        return mine;
      }
    }
  }

  /** The live documents with the keys that {@link #distinct} gives. */
  private Map<DocumentId, String> truth() {
    Set<DocumentId> ids = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      ids.add(task("k" + i));
    }
    Map<DocumentId, String> truth = new HashMap<>();
    todo()
        .find(ids)
        .forEach(
            (id, document) -> {
              if (!document.deleted()) {
                truth.put(id, document.wire().utf8());
              }
            });
    return truth;
  }

  private static List<String> distinct(Random random, int number) {
    Set<String> keys = new HashSet<>();
    while (keys.size() < number) {
      keys.add("k" + random.nextInt(50));
    }
    return new ArrayList<>(keys);
  }
}
