package dev.landfall.store.tck;

import static dev.landfall.store.tck.Cast.ALICE;
import static dev.landfall.store.tck.Cast.ALICES_TASKS;
import static dev.landfall.store.tck.Cast.TASKS;
import static dev.landfall.store.tck.Cast.document;
import static dev.landfall.store.tck.Cast.tasksOf;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoreBackend;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Measures a store, roughly; not a test. */
public final class StoreTiming {
  private static final String WIRE = "{\"title\":\"" + "x".repeat(300) + "\"}";
  private static final Set<Feed> FEEDS =
      Set.of(ALICES_TASKS, tasksOf(Cast.ACME), tasksOf(Everybody.EVERYBODY));

  private final StoreBackend backend;
  private final PrintStream out;
  private long sink;

  /** Measures {@code backend}, which must be empty, and prints to {@code out}. */
  public StoreTiming(StoreBackend backend, PrintStream out) {
    this.backend = backend;
    this.out = out;
  }

  /** Measures everything. */
  public void run() {
    ApplicationStore few = backend.application(new ApplicationName("few"));
    ApplicationStore many = backend.application(new ApplicationName("many"));
    fill(few, 1_000);
    fill(many, Integer.getInteger("many", 1_000_000));
    for (int round = 0; round < 2; round++) {
      emptyReads(few, "1,000");
      emptyReads(many, "many");
    }
    appends(few, 1);
    appends(few, 8);
    appends(many, 8);
    pull(few);
    pull(many);
    out.println("(" + sink + ")");
  }

  private static void fill(ApplicationStore store, int documents) {
    for (int done = 0; done < documents; done += 1_000) {
      int from = done;
      Draft.append(
          store,
          draft -> {
            for (int i = from; i < from + 1_000; i++) {
              UserId stranger = new UserId("u" + i % 997);
              draft.put(document(stranger, TASKS, "k" + i), WIRE, stranger);
            }
          });
    }
    Draft.append(store, draft -> draft.put(Cast.MILK, WIRE, ALICE));
  }

  private void emptyReads(ApplicationStore store, String documents) {
    HybridTimestamp cursor = store.tip().clock();
    for (Set<Feed> feeds : List.of(Set.of(ALICES_TASKS), FEEDS)) {
      long calls = 0;
      long start = System.nanoTime();
      long end = start + 2_000_000_000L;
      while (System.nanoTime() < end) {
        for (int i = 0; i < 100; i++) {
          HybridTimestamp tip = store.tip().clock();
          sink += store.feed(feeds, cursor, tip, 1_000, 1 << 20).items().size();
        }
        calls += 100;
      }
      long took = System.nanoTime() - start;
      out.printf(
          "empty read of %d feed(s), %s documents of others: %,.2f us, %,d/s%n",
          feeds.size(), documents, took / 1e3 / calls, calls * 1_000_000_000L / took);
    }
  }

  private void appends(ApplicationStore store, int documents) {
    long[] key = {0};
    long commits = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < 3_000_000_000L) {
      Draft.append(
          store,
          draft -> {
            for (int i = 0; i < documents; i++) {
              draft.put(document(ALICE, TASKS, "k" + key[0]++ % 5_000), WIRE, ALICE);
            }
          });
      commits++;
    }
    long took = System.nanoTime() - start;
    out.printf(
        "commits of %d document(s), one writer: %,d commits/s, %,d documents/s%n",
        documents, commits * 1_000_000_000L / took, commits * documents * 1_000_000_000L / took);
  }

  private void pull(ApplicationStore store) {
    Draft.append(
        store,
        draft -> {
          for (int i = 0; i < 1_000; i++) {
            draft.put(document(Cast.CAROL, TASKS, "p" + i), WIRE, Cast.CAROL);
          }
        });
    HybridTimestamp tip = store.tip().clock();
    AtomicLong calls = new AtomicLong();
    long start = System.nanoTime();
    while (System.nanoTime() - start < 2_000_000_000L) {
      sink +=
          store
              .feed(Set.of(tasksOf(Cast.CAROL)), HybridTimestamp.ZERO, tip, 1_000, 1 << 30)
              .items()
              .size();
      calls.incrementAndGet();
    }
    out.printf(
        "read of 1,000 entries: %,.0f us%n", (System.nanoTime() - start) / 1e3 / calls.get());
  }
}
