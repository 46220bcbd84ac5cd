package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes commits of one application. Whoever finds nobody at it commits for all who are waiting
 * (flat combining, Hendler et al. 2010), so that many requests share one durable write; it has no
 * thread of its own. Who comes in when is up to {@link CommitTurns}. Safe for concurrent use.
 */
public final class Committer {
  private static final int MAX_REQUESTS = 256;
  private static final int MAX_DOCUMENTS = 2_000;
  private static final int MAX_CLASHES = 100;
  private static final int APPEND_TRIES = 3;
  private static final long WAIT_SECONDS = 30;

  private final ApplicationDefinition definition;
  private final ApplicationName application;
  private final ApplicationStore store;
  private final String epoch;
  private final InstantSource time;
  private final Supplier<String> tokens;
  private final EngineObserver observer;
  private final Usages usages;
  private final ShareQuota shares;
  private final CommitTurns<Pending<?>> queue = new CommitTurns<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * A committer.
   *
   * @param epoch this run of this server node
   * @param tokens gives a new one each time, 1 to 64 ASCII characters
   * @param quota of each owner
   * @param sharing how much each may let others see
   */
  public Committer(
      ApplicationDefinition definition,
      ApplicationStore store,
      String epoch,
      InstantSource time,
      Supplier<String> tokens,
      Quota quota,
      SharingLimits sharing,
      EngineObserver observer) {
    this.definition = definition;
    this.application = definition.name();
    this.store = store;
    this.epoch = epoch;
    this.time = time;
    this.tokens = tokens;
    this.observer = observer;
    this.usages = new Usages(quota, store, time);
    this.shares = new ShareQuota(sharing, store, time);
  }

  /**
   * Brings {@code submission} into a commit and waits until that is durable and visible.
   *
   * @throws SyncException if the submission fails, or the store does; in the latter case it may
   *     have been stored
   */
  public <T> T submit(Submission<T> submission) {
    Pending<T> pending = new Pending<>(submission);
    queue.add(pending);
    if (!busy.compareAndSet(false, true)) {
      await(pending);
    } else if (pending.state.compareAndSet(State.WAITING, State.LEADING)) {
      lead(pending);
    } else {
      handOver(); // somebody has committed it meanwhile
      await(pending);
    }
    return pending.result();
  }

  private void await(Pending<?> pending) {
    boolean interrupted = false;
    try {
      boolean signalled = pending.signal.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
      if (!signalled) {
        giveUp(pending, "the server is overloaded");
      }
    } catch (InterruptedException e) {
      interrupted = true;
      giveUp(pending, "the server is stopping");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (pending.state.get() == State.LEADING) {
      lead(pending);
    }
  }

  /**
   * Leaves the queue, or, when somebody has already begun with the request, waits for the end of
   * it.
   */
  private void giveUp(Pending<?> pending, String reason) {
    if (pending.state.compareAndSet(State.WAITING, State.CANCELLED)) {
      queue.remove(pending);
      throw new SyncException(SyncProblem.UNAVAILABLE, reason);
    }
    pending.signal.acquireUninterruptibly();
  }

  /** Commits one batch, the caller's request among it, and hands over to one that waits. */
  private void lead(Pending<?> own) {
    try {
      List<Pending<?>> batch = new ArrayList<>();
      own.state.set(State.TAKEN);
      batch.add(own);
      queue.begin(own);
      int documents = own.size();
      while (!CommitTurns.isLarge(own)
          && batch.size() < MAX_REQUESTS
          && documents < MAX_DOCUMENTS) {
        Pending<?> next = queue.nextSmall();
        if (next == null) {
          break;
        }
        if (next.state.compareAndSet(State.WAITING, State.TAKEN)) {
          batch.add(next);
          documents += next.size();
        }
      }
      commit(batch);
    } finally {
      handOver();
    }
  }

  private void handOver() {
    while (true) {
      Pending<?> next = queue.next();
      if (next == null) {
        busy.set(false);
        if (queue.isEmpty() || !busy.compareAndSet(false, true)) {
          return;
        }
      } else if (next.state.compareAndSet(State.WAITING, State.LEADING)) {
        next.signal.release();
        return;
      } else {
        queue.remove(next);
      }
    }
  }

  private void commit(List<Pending<?>> batch) {
    try {
      Tip tip = store.lastKnownTip();
      for (int attempt = 0; attempt < MAX_CLASHES; attempt++) {
        if (attempt(batch, tip)) {
          return;
        }
        observer.clashed(application);
        tip = tipAfter(tip);
      }
      throw new SyncException(SyncProblem.UNAVAILABLE, "too many nodes write at once");
    } catch (StoreUnavailableException e) {
      if (e.reason() == StoreUnavailableException.Reason.FULL && batch.size() > 1) {
        batch.forEach(pending -> commit(List.of(pending))); // those that make room are stored
        return;
      }
      fail(batch, new SyncException(SyncProblem.UNAVAILABLE, e.reason().text(), e));
    } catch (RuntimeException | Error e) {
      fail(batch, e);
    }
  }

  /** Where the next try goes: the sooner it comes, the less likely it is to clash again. */
  private Tip tipAfter(Tip taken) {
    Tip known = store.lastKnownTip();
    return known.number() > taken.number() ? known : store.tip();
  }

  private static void fail(List<Pending<?>> batch, Throwable failure) {
    for (Pending<?> pending : batch) {
      pending.complete(null, failure);
    }
  }

  /**
   * One try; false if another commit came first.
   *
   * @param tip may be behind the log: then the commit fails. If there is nothing to commit, no
   *     clock in the batch is later than it, and an older tip decides alike.
   */
  private boolean attempt(List<Pending<?>> batch, Tip tip) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    for (Pending<?> pending : batch) {
      ids.addAll(pending.submission.documents(store));
    }
    long now = Math.max(0, time.millis());
    Draft draft = new Draft(definition, store, ids, tip, epoch, now, usages.areCounted());
    List<Runnable> answers = new ArrayList<>(batch.size());
    int stored = 0;
    for (Pending<?> pending : batch) {
      int before = draft.size();
      answers.add(decide(pending, draft));
      stored += draft.size() > before ? 1 : 0;
    }
    if (draft.size() > 0 || draft.needsClock()) {
      List<FeedEntry> entries = draft.entries();
      Commit commit =
          new Commit(
              tip.number() + 1, draft.clock(), epoch, tokens.get(), draft.documents(), entries);
      if (append(commit) == AppendOutcome.NUMBER_TAKEN) {
        return false;
      }
      usages.committed(draft.growth());
      Set<Feed> feeds = new HashSet<>();
      entries.forEach(entry -> feeds.add(entry.feed()));
      observer.committed(application, commit.number(), stored, draft.size(), feeds);
    }
    answers.forEach(Runnable::run);
    return true;
  }

  private <T> Runnable decide(Pending<T> pending, Draft draft) {
    try {
      draft.begin(pending.submission.floor());
      T result = pending.submission.decide(draft);
      usages.check(draft.growth(), draft.pendingGrowth());
      shares.check(draft);
      draft.keep();
      return () -> pending.complete(result, null);
    } catch (StoreUnavailableException e) {
      throw e; // for nobody in the batch is there an answer
    } catch (RuntimeException e) {
      draft.drop();
      return () -> pending.complete(null, e);
    }
  }

  private AppendOutcome append(Commit commit) {
    for (int attempt = 1; ; attempt++) {
      try {
        return store.append(commit);
      } catch (StoreUnavailableException e) {
        if (attempt == APPEND_TRIES) {
          usages.unsure();
          throw e;
        }
      }
    }
  }

  private enum State {
    WAITING,
    LEADING,
    TAKEN,
    CANCELLED,
    DONE
  }

  private static final class Pending<T> implements CommitTurns.Waiting {
    private final Submission<T> submission;
    private final Semaphore signal = new Semaphore(0);
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private @Nullable T value;
    private @Nullable Throwable failure;

    Pending(Submission<T> submission) {
      this.submission = submission;
    }

    @Override
    public String author() {
      return submission.author();
    }

    @Override
    public int size() {
      return submission.size();
    }

    void complete(@Nullable T value, @Nullable Throwable failure) {
      if (state.get() == State.DONE) {
        return;
      }
      this.value = value;
      this.failure = failure;
      state.set(State.DONE);
      signal.release();
    }

    T result() {
      Throwable problem = failure;
      if (problem instanceof SyncException known) {
        throw known;
      }
      if (problem instanceof StoreUnavailableException unavailable) {
        throw unavailable;
      }
      if (problem instanceof Error error) {
        throw error;
      }
      if (problem != null) {
        throw new IllegalStateException("a commit failed", problem);
      }
      T result = value;
      if (result == null) {
        throw new IllegalStateException("a commit ended without a result");
      }
      return result;
    }
  }
}
