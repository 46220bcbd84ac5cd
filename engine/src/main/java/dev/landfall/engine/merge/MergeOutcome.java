package dev.landfall.engine.merge;

import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.HistoryEntry;
import dev.landfall.engine.document.LeafPath;
import java.util.List;
import java.util.Optional;

/**
 * What a client's copy has made of a document.
 *
 * @param document the result; empty if the server has no such document and the copy did not create
 *     one
 * @param effect what has to be stored
 * @param entry for the history, if anything has to be stored
 * @param conflicts for the client
 * @param behind leaves that the client has edited under a clock that is too old to count
 */
public record MergeOutcome(
    Optional<Document> document,
    Effect effect,
    Optional<HistoryEntry> entry,
    List<Conflict> conflicts,
    List<LeafPath> behind) {

  /** What has to be stored. */
  public enum Effect {
    /** Nothing. */
    NONE,
    /**
     * Something no reader sees: a later clock of a removal, an edit that lost. The revision stays.
     */
    RECORD,
    /** A new revision. */
    REVISION
  }

  public MergeOutcome {
    conflicts = List.copyOf(conflicts);
    behind = List.copyOf(behind);
  }

  /** An outcome in which every edit has counted. */
  public MergeOutcome(
      Optional<Document> document,
      Effect effect,
      Optional<HistoryEntry> entry,
      List<Conflict> conflicts) {
    this(document, effect, entry, conflicts, List.of());
  }

  static MergeOutcome unchanged(Optional<Document> document) {
    return new MergeOutcome(document, Effect.NONE, Optional.empty(), List.of());
  }
}
