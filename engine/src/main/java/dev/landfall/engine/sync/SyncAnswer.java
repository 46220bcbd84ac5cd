package dev.landfall.engine.sync;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonValue;
import dev.landfall.engine.commit.Resync;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.problem.SyncProblem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a sync. What was pushed is durable; the documents to deliver are read from the
 * store while they are written. For one thread.
 */
public final class SyncAnswer {
  private final List<KeyedConflict> conflicts;
  private final List<Acknowledgement> acknowledgements;
  private final List<Rejection> rejections;
  private final List<Warning> warnings;
  private final Pull pull;
  private final long serverMillis;

  /**
   * A conflict and the document it is about.
   *
   * @param owner of the document, if it is not whom the request is about
   */
  public record KeyedConflict(DocumentKey key, Optional<Owner> owner, Conflict conflict) {}

  /**
   * That a change was stored as it was sent.
   *
   * @param owner of the document, if it is not whom the request is about
   */
  public record Acknowledgement(DocumentKey key, Optional<Owner> owner, HybridTimestamp revision) {}

  /**
   * That a change was refused while others were stored.
   *
   * @param code of the {@link SyncProblem}, or {@code read_only} or {@code revoked} for a document
   *     of somebody else
   */
  public record Rejection(DocumentKey key, String code, JsonValue details) {}

  /**
   * Something that the client should know of a change that was taken.
   *
   * @param owner of a document of somebody else that it is about
   * @param field the path of the field that it is about, if it is about one
   */
  public record Warning(
      String code, DocumentKey key, Optional<Owner> owner, Optional<String> field) {
    /**
     * A change to somebody else's document, without its owner, has become a document of one's own.
     */
    public static final String FORKED = "forked";

    /**
     * An edit has not counted, or a document has not been made, because its clock is not above what
     * it was made from: the device does not follow the clock.
     */
    public static final String CLOCK_BEHIND = "clock_behind";
  }

  public SyncAnswer(
      List<KeyedConflict> conflicts,
      List<Acknowledgement> acknowledgements,
      List<Rejection> rejections,
      List<Warning> warnings,
      Pull pull,
      long serverMillis) {
    this.conflicts = List.copyOf(conflicts);
    this.acknowledgements = List.copyOf(acknowledgements);
    this.rejections = List.copyOf(rejections);
    this.warnings = List.copyOf(warnings);
    this.pull = pull;
    this.serverMillis = serverMillis;
  }

  /** Conflicts, all resolved. */
  public List<KeyedConflict> conflicts() {
    return conflicts;
  }

  /** The changes stored as sent, where the client asked for this. */
  public List<Acknowledgement> acknowledgements() {
    return acknowledgements;
  }

  /** The changes refused, where the client asked to store the others. */
  public List<Rejection> rejections() {
    return rejections;
  }

  /** What the client should know of changes that were taken. */
  public List<Warning> warnings() {
    return warnings;
  }

  /** Whether the client's clock was served as zero. */
  public boolean resync() {
    return pull.resync().isPresent();
  }

  /** Why the client's clock was served as zero; empty if it was not. */
  public Optional<Resync> resyncCause() {
    return pull.resync();
  }

  /** Whether there is nothing to deliver. */
  public boolean isEmpty() {
    return pull.isEmpty();
  }

  /** When the answer was made, in milliseconds since the Unix epoch. */
  public long serverMillis() {
    return serverMillis;
  }

  /**
   * Gives all documents to {@code sink}. To be called once.
   *
   * @throws IOException if the sink fails
   * @throws dev.landfall.api.store.StoreUnavailableException if the store fails on the way; what
   *     the sink has is worthless
   */
  public PageEnd deliver(DocumentSink sink) throws IOException {
    return pull.deliver(sink);
  }
}
