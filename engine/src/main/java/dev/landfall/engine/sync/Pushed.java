package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.merge.Conflict;
import java.util.List;
import java.util.Optional;

/**
 * What became of one pushed document.
 *
 * @param revision of the document now; for one that the server does not know, where its tombstone
 *     is told
 * @param sameAsSent whether the server holds what the client holds
 * @param known whether the server has the document, alive or as a tombstone
 * @param echo whether it has to go back although no feed may bring it
 * @param wire how it goes back
 * @param refused why it was not stored, if it was not: {@code read_only} or {@code revoked}
 * @param original of which document of somebody else this has become a copy
 */
record Pushed(
    DocumentId id,
    HybridTimestamp revision,
    boolean sameAsSent,
    boolean known,
    boolean echo,
    Bytes wire,
    List<Conflict> conflicts,
    Optional<String> refused,
    Optional<DocumentId> original) {
  Pushed(
      DocumentId id,
      HybridTimestamp revision,
      boolean sameAsSent,
      boolean known,
      boolean echo,
      Bytes wire,
      List<Conflict> conflicts,
      Optional<String> refused) {
    this(id, revision, sameAsSent, known, echo, wire, conflicts, refused, Optional.empty());
  }

  /** The same, which has become a copy of somebody else's document. */
  Pushed forked(DocumentId from) {
    return new Pushed(
        id, revision, sameAsSent, known, echo, wire, conflicts, refused, Optional.of(from));
  }
}
