package dev.landfall.webapp.sync;

import dev.landfall.api.store.Feed;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ObjLongConsumer;

/** A request that waits until there is something for it. Answered once, by whoever comes first. */
final class LongPoll implements FeedSubscriptions.Wake {
  private final Executor executor;
  private final ObjLongConsumer<Runnable> later;
  private final Request request;
  private final AtomicBoolean answered = new AtomicBoolean();

  /** What the request is about. */
  interface Request {
    /** Fails once the caller may not wait any longer. */
    void requireRight();

    /** Whether there is anything that the caller does not know. */
    boolean hasNews();

    /** Says what there is, or why it cannot be said. */
    void answer();
  }

  /**
   * Waits for nothing yet.
   *
   * @param executor looks and answers when there is news; whoever brings it need not wait
   * @param later does the same, so many milliseconds later
   */
  LongPoll(Executor executor, ObjLongConsumer<Runnable> later, Request request) {
    this.executor = executor;
    this.later = later;
    this.request = request;
  }

  /** A commit is told of after it can be read, so the caller may have read it before it waited. */
  @Override
  public void news(Feed feed, long afterMillis) {
    look(() -> {}, afterMillis);
  }

  @Override
  public void perhaps(long afterMillis) {
    look(request::requireRight, afterMillis);
  }

  @Override
  public void stop() {
    answer();
  }

  private void look(Runnable first, long afterMillis) {
    if (answered.get()) {
      return;
    }
    if (afterMillis == 0) {
      executor.execute(() -> lookNow(first));
    } else {
      later.accept(() -> lookNow(first), afterMillis);
    }
  }

  private void lookNow(Runnable first) {
    boolean answers = true;
    try {
      first.run();
      answers = !answered.get() && request.hasNews();
    } finally {
      if (answers) {
        answer(); // which says what has failed, if it has
      }
    }
  }

  /** Answers, if nobody has done so. */
  void answer() {
    if (answered.compareAndSet(false, true)) {
      request.answer();
    }
  }
}
