package dev.landfall.store.memory;

import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import java.util.concurrent.atomic.AtomicLong;

/** How much of the heap a database may take, and how much it takes by estimate. */
final class HeapBudget {
  /** An entry of a feed with its share of the feed's table. */
  static final long ENTRY = 160;

  private static final long DOCUMENT = 480;
  private static final long INDEXED_TERM = 150;
  private static final long RECORD = 200;

  private final long max;
  private final AtomicLong taken = new AtomicLong();

  HeapBudget(long max) {
    this.max = max;
  }

  static long of(StoredDocument document) {
    return DOCUMENT
        + 2L * document.id().key().value().length()
        + document.wire().length()
        + document.record().length()
        + document.history().length()
        + of(document.terms());
  }

  private static long of(Terms terms) {
    return terms.text().length();
  }

  /** The terms of a document in the index of one feed. */
  static long indexed(Terms terms) {
    return INDEXED_TERM * terms.values().size();
  }

  static long of(DirectoryRecord record) {
    return RECORD + 2L * record.name().length() + record.content().length();
  }

  /**
   * Takes {@code bytes} more, or gives back that many if negative, which always succeeds.
   *
   * @throws StoreUnavailableException if that were too much; nothing has been taken
   */
  void take(String operation, long bytes) {
    long now = taken.addAndGet(bytes);
    if (bytes > 0 && now > max) {
      taken.addAndGet(-bytes);
      throw new StoreUnavailableException(
          StoreUnavailableException.Reason.FULL,
          operation
              + ": the memory store is full, "
              + MemoryProvider.MAX_BYTES
              + " allows "
              + max
              + " bytes");
    }
  }

  /** Takes {@code bytes} more, or gives them back, even if that is too much. */
  void count(long bytes) {
    taken.addAndGet(bytes);
  }

  boolean isFull() {
    return taken.get() > max;
  }
}
