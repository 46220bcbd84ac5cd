package dev.landfall.store.mongo;

import dev.landfall.api.DocumentId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The documents that were read last. A commit that clashed is tried again with the same documents:
 * what has been committed since is laid over them, so that the try is as short as can be, and a
 * slow node has its turn beside a quick one. Safe for concurrent use.
 */
final class LastReading {
  private static final long MAX_BYTES = 4L << 20;
  private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private volatile @Nullable Kept kept;

  /**
   * Rows of the database.
   *
   * @param from all commits up to this one are in them, perhaps later ones too
   */
  record Rows(long from, List<Documents.Row> rows) {}

  private record Kept(Set<DocumentId> ids, Rows rows, long since) {}

  /** Keeps what was read of {@code ids}, unless it is large. */
  void keep(Set<DocumentId> ids, Rows rows) {
    long bytes = 0;
    for (Documents.Row row : rows.rows()) {
      bytes += Recent.bytes(row.document());
    }
    kept = bytes > MAX_BYTES ? null : new Kept(Set.copyOf(ids), rows, System.nanoTime());
  }

  /** What was read of exactly {@code ids} a moment ago. */
  Optional<Rows> of(Set<DocumentId> ids) {
    Kept last = kept;
    return last != null
            && System.nanoTime() - last.since() < MAX_AGE_NANOS
            && last.ids().equals(ids)
        ? Optional.of(last.rows())
        : Optional.empty();
  }

  void clear() {
    kept = null;
  }
}
