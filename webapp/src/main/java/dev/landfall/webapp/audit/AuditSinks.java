package dev.landfall.webapp.audit;

import dev.landfall.engine.audit.AuditEntry;
import dev.landfall.webapp.http.LogText;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Logger;

/**
 * Tells sinks of entries, on another thread than those of requests: what a sink takes long for
 * holds up nobody, and what is too much for it is left out. Safe for concurrent use.
 */
public final class AuditSinks implements Consumer<AuditEntry> {
  /** So many may wait. */
  static final int MOST = 1_000;

  private static final Logger LOG = Logger.getLogger(AuditSinks.class.getName());

  private final List<AuditSink> sinks;
  private final Executor executor;
  private final BlockingQueue<AuditEntry> waiting = new ArrayBlockingQueue<>(MOST);
  private final AtomicBoolean telling = new AtomicBoolean();
  private final AtomicBoolean full = new AtomicBoolean();

  /**
   * Tells {@code sinks}.
   *
   * @param executor runs one task at a time, which ends when nothing waits
   */
  public AuditSinks(List<AuditSink> sinks, Executor executor) {
    this.sinks = List.copyOf(sinks);
    this.executor = executor;
  }

  @Override
  public void accept(AuditEntry entry) {
    if (sinks.isEmpty()) {
      return;
    }
    if (waiting.offer(entry)) {
      tell();
    } else if (full.compareAndSet(false, true)) {
      LOG.warning("Audit sinks are too slow: entries are left out");
    }
  }

  private void tell() {
    if (telling.compareAndSet(false, true)) {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException e) {
        telling.set(false);
        LOG.fine(() -> "Audit sinks are told later: " + LogText.of(e));
      }
    }
  }

  private void run() {
    try {
      for (AuditEntry next = waiting.poll(); next != null; next = waiting.poll()) {
        tell(next);
      }
      full.set(false);
    } finally {
      telling.set(false);
    }
    if (!waiting.isEmpty()) {
      tell(); // it came when this had seen none
    }
  }

  private void tell(AuditEntry entry) {
    for (AuditSink sink : sinks) {
      try {
        sink.noted(entry);
      } catch (RuntimeException e) {
        LOG.warning(() -> "An audit sink has failed: " + LogText.of(e));
      }
    }
  }
}
