package dev.landfall.client;

import dev.landfall.api.CollectionName;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.client.Round.Ending;
import dev.landfall.client.http.LiveStream;
import dev.landfall.client.http.ServerLink;
import dev.landfall.client.store.LocalStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * When the server is asked: soon after a change, at a hint, at the latest after the interval, and
 * after failures less and less often.
 */
final class Loop implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Loop.class.getName());
  private static final long DEBOUNCE_MILLIS = 30;
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final long WITH_HINTS = 12; // intervals; a hint may get lost on its way
  private static final long SILENCE_SECONDS = 25; // a sign of life comes every 15
  private static final long LIVED_SECONDS = 20; // a stream that works

  private final ServerLink link;
  private final Identity identity;
  private final Runnable expulsion;
  private final Runnable removal;
  private final long intervalMillis;
  private final boolean hints;
  private final Supplier<CompletableFuture<String>> renewal;
  private final Random jitter = new Random();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread daemon = new Thread(work, "landfall-sync");
            daemon.setDaemon(true);
            return daemon;
          });

  private final List<SyncedAtom<?>> atoms = new CopyOnWriteArrayList<>();
  private final AtomicLong signsOfLife = new AtomicLong();

  // Guarded by this.
  private final Set<CollectionName> due = new LinkedHashSet<>();
  private @Nullable ScheduledFuture<?> planned;
  private boolean paused;
  private boolean closed;
  private int failures;
  private long quietUntil = System.nanoTime(); // the server wants to be left alone until then
  private int liveFailures;
  private @Nullable LiveStream live;
  private boolean listening;
  private int renewals;
  private int unidentified;
  private boolean doubted; // only the loop's thread: whether it says again who it is

  private final Object presence = new Object();
  private Optional<Problem> wrong = Optional.empty(); // why nothing is shown; guarded by presence

  Loop(
      ServerLink link,
      Identity identity,
      Duration interval,
      boolean hints,
      Supplier<CompletableFuture<String>> renewal,
      Runnable expulsion,
      Runnable removal) {
    this.link = link;
    this.identity = identity;
    this.expulsion = expulsion;
    this.removal = removal;
    this.intervalMillis = interval.toMillis();
    this.hints = hints;
    this.renewal = renewal;
  }

  void add(SyncedAtom<?> atom) {
    synchronized (presence) {
      atoms.add(atom);
      wrong.ifPresent(atom::hide);
    }
    synchronized (this) {
      due.add(atom.collection());
      plan(0);
      if (hints && !closed) {
        later(this::listen, 0);
      }
    }
  }

  /** A collection was changed here. */
  synchronized void changed(CollectionName collection) {
    due.add(collection);
    if (failures == 0) { // else it is tried again soon enough
      plan(DEBOUNCE_MILLIS);
    }
  }

  /** Asks now, as if nothing had ever failed. */
  synchronized void resume() {
    paused = false;
    failures = 0;
    quietUntil = System.nanoTime();
    renewals = 0;
    unidentified = 0;
    atoms.forEach(SyncedAtom::retryAll);
    all();
    plan(0);
    if (hints && live == null && !closed) {
      later(this::listen, 0);
    }
  }

  private synchronized void all() {
    atoms.forEach(atom -> due.add(atom.collection()));
  }

  /**
   * Runs after {@code wanted} milliseconds, or earlier if that was planned; not while the server
   * wants to be left alone.
   */
  private synchronized void plan(long wanted) {
    if (closed || paused) {
      return;
    }
    long quiet = TimeUnit.NANOSECONDS.toMillis(quietUntil - System.nanoTime());
    long millis = Math.max(wanted, quiet);
    ScheduledFuture<?> before = planned;
    if (before != null && !before.isDone()) {
      long delay = before.getDelay(TimeUnit.MILLISECONDS);
      if (delay <= millis && delay >= quiet) {
        return;
      }
      before.cancel(false);
    }
    planned = scheduled(this::run, millis);
  }

  private void later(Runnable work, long millis) {
    ScheduledFuture<?> unused = scheduled(work, millis);
  }

  private @Nullable ScheduledFuture<?> scheduled(Runnable work, long millis) {
    try {
      return thread.schedule(() -> guarded(work), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closedMeanwhile) {
      return null;
    }
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "a bug in the sync loop; it goes on", e);
      plan(LONGEST_PAUSE_MILLIS);
    }
  }

  private void run() {
    List<SyncedAtom<?>> turn = new ArrayList<>();
    synchronized (this) {
      planned = null;
      if (due.isEmpty()) {
        all(); // it is the interval
      }
      for (SyncedAtom<?> atom : atoms) {
        if (due.contains(atom.collection())) {
          turn.add(atom);
        }
      }
      due.clear();
    }
    Round asked = identified(turn);
    if (asked.ending() != Ending.DONE) {
      failed(asked, turn);
      return;
    }
    List<SyncedAtom<?>> refused = new ArrayList<>();
    Round refusal = null;
    long next = Long.MAX_VALUE;
    for (int i = 0; i < turn.size(); i++) {
      SyncedAtom<?> atom = turn.get(i);
      Round round = round(atom);
      if (round.ending() == Ending.MORE) {
        synchronized (this) {
          due.add(atom.collection());
        }
      } else if (round.ending() == Ending.REFUSED) {
        refused.add(atom); // the others need not be
        refusal = round;
      } else if (round.ending() == Ending.DONE) {
        identity.found();
        next = round.after() > 0 ? Math.min(next, round.after()) : next;
      } else {
        refused.addAll(turn.subList(i, turn.size()));
        failed(round, refused);
        return;
      }
    }
    if (refusal != null) {
      failed(refusal, refused);
      return;
    }
    synchronized (this) {
      failures = 0;
      renewals = 0;
      unidentified = 0;
      doubted = false;
      boolean waiting = !due.isEmpty();
      long interval = listening ? WITH_HINTS * intervalMillis : intervalMillis;
      plan(waiting ? DEBOUNCE_MILLIS : Math.min(next, interval));
    }
  }

  /** Finds out who asks and whom, if that is not known; nothing of a replica is sent before. */
  private Round identified(List<SyncedAtom<?>> turn) {
    if (link.isKnown()) {
      return Round.of(Ending.DONE);
    }
    Identity.Asked asked;
    try {
      asked = identity.ask(link);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Round.of(Ending.FAILED);
    } catch (LocalStoreException e) {
      turn.forEach(SyncedAtom::notSaved);
      LOG.log(Level.WARNING, "whose replica this is cannot be saved", e);
      return Round.of(Ending.FAILED);
    }
    boolean known = asked.problem().isEmpty();
    synchronized (presence) {
      if (asked.wrong()) {
        wrong = asked.problem();
        wrong.ifPresent(why -> atoms.forEach(atom -> atom.hide(why)));
      } else if (known) {
        wrong = Optional.empty();
        atoms.forEach(SyncedAtom::showAgain);
      }
    }
    synchronized (this) {
      if (known && hints && live == null && !closed) {
        later(this::listen, 0);
      }
    }
    if (!known && !asked.wrong()) {
      Problem problem = asked.problem().orElseThrow();
      Status status =
          switch (asked.round().ending()) {
            case UNAUTHORIZED, REMOVED -> Status.UNAUTHORIZED;
            case FAILED -> Status.OFFLINE;
            default -> Status.ERROR;
          };
      turn.forEach(atom -> atom.stands(status, problem.code(), problem.message()));
    }
    return asked.round();
  }

  private Round round(SyncedAtom<?> atom) {
    try {
      return atom.round(link);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Round.of(Ending.FAILED);
    } catch (LocalStoreException e) {
      atom.notSaved();
      LOG.log(Level.WARNING, "what the server said cannot be saved", e);
      return Round.of(Ending.FAILED);
    }
  }

  private void failed(Round round, List<SyncedAtom<?>> left) {
    boolean expelled = round.ending() == Ending.NOT_A_MEMBER;
    boolean sure = expelled && doubted;
    if (round.ending() == Ending.REMOVED) {
      removal.run();
      return; // there is nothing left to do
    }
    if (sure && !identity.isLost()) {
      expulsion.run();
    } else if (sure) {
      left.forEach(SyncedAtom::mayBeForgotten);
    }
    synchronized (this) {
      left.forEach(atom -> due.add(atom.collection()));
      doubted = expelled && !sure;
      if (doubted) { // a server that has lost everything says so, too
        link.forget();
        plan(0);
      } else if (round.ending() == Ending.UNAUTHORIZED) {
        paused = true;
        renewals++;
        // A token that is refused as soon as it is there is asked for less and less often.
        later(this::renew, renewals == 1 ? 0 : pause(renewals - 1));
      } else if (round.ending() == Ending.UNIDENTIFIED) {
        unidentified++;
        plan(unidentified == 1 ? 0 : pause(unidentified - 1));
      } else {
        failures++;
        quietUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(round.after());
        plan(pause(failures));
      }
    }
  }

  private long pause(int after) {
    long pause = FIRST_PAUSE_MILLIS << Math.min(after - 1, 10);
    long bounded = Math.min(LONGEST_PAUSE_MILLIS, pause);
    return bounded / 2 + jitter.nextInt((int) bounded);
  }

  private void renew() {
    var unused =
        renewal
            .get()
            .whenComplete(
                (token, problem) -> {
                  if (problem == null) {
                    link.token(token);
                    goOn();
                  } else { // the refusal may pass; or the application signs in when it can
                    synchronized (this) {
                      later(this::goOn, pause(renewals));
                    }
                  }
                });
  }

  private synchronized void goOn() {
    if (paused) {
      paused = false;
      plan(0);
    }
  }

  // Live hints.

  private void listen() {
    LiveStream before;
    List<CollectionName> names = new ArrayList<>();
    synchronized (this) {
      if (closed || paused || !link.isKnown()) {
        return; // it is tried again as soon as it is known who asks
      }
      before = live;
      live = null;
      listening = false;
      atoms.forEach(atom -> names.add(atom.collection()));
    }
    if (before != null) {
      before.close();
    }
    LiveStream stream = link.listen(names, this::hinted, signsOfLife::incrementAndGet);
    synchronized (this) {
      if (closed) {
        stream.close();
        return;
      }
      live = stream;
    }
    var unusedOpened = stream.opened().thenRun(() -> listening(stream));
    var unusedOver = stream.over().thenRun(() -> over(stream));
  }

  private synchronized void listening(LiveStream stream) {
    if (stream != live) {
      return;
    }
    listening = true;
    later(() -> lived(stream), TimeUnit.SECONDS.toMillis(LIVED_SECONDS));
    all(); // what happened before there was somebody to listen
    plan(0);
    watch(stream, signsOfLife.get());
  }

  private synchronized void lived(LiveStream stream) {
    if (stream == live) {
      liveFailures = 0; // not as soon as it opens: some proxies end each at once
    }
  }

  private void watch(LiveStream stream, long heard) {
    later(
        () -> {
          long now = signsOfLife.get();
          if (now == heard) {
            stream.close();
          } else if (!stream.over().isDone()) {
            watch(stream, now);
          }
        },
        TimeUnit.SECONDS.toMillis(SILENCE_SECONDS));
  }

  private synchronized void over(LiveStream stream) {
    if (stream != live || closed) {
      return;
    }
    live = null;
    boolean wasListening = listening;
    listening = false;
    if (wasListening) {
      plan(intervalMillis);
    }
    if (!paused) {
      liveFailures++;
      later(this::listen, pause(liveFailures));
    }
  }

  private void hinted(CollectionName collection, HybridTimestamp clock) {
    Optional<SyncedAtom<?>> atom =
        atoms.stream().filter(one -> one.collection().equals(collection)).findFirst();
    if (atom.isPresent() && isAfter(clock, atom.get().cursor())) {
      synchronized (this) {
        due.add(collection);
        plan(0);
      }
    }
  }

  private static boolean isAfter(HybridTimestamp a, HybridTimestamp b) {
    return a.millis() != b.millis() ? a.millis() > b.millis() : a.sequence() > b.sequence();
  }

  @Override
  public void close() {
    LiveStream stream;
    synchronized (this) {
      closed = true;
      stream = live;
    }
    if (stream != null) {
      stream.close();
    }
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warning("a request is still on its way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
