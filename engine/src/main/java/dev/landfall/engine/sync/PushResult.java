package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.merge.ClientCopy;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.sync.SyncAnswer.Warning;
import java.util.ArrayList;
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
 * @param sent what the client holds
 * @param refused why it was not stored, if it was not: {@code read_only} or {@code revoked}
 * @param warnings what the client should know besides
 */
public record PushResult(
    DocumentId id,
    HybridTimestamp revision,
    boolean sameAsSent,
    boolean known,
    boolean echo,
    Bytes wire,
    ClientCopy sent,
    List<Conflict> conflicts,
    Optional<String> refused,
    List<Warning> warnings) {
  PushResult(
      DocumentId id,
      HybridTimestamp revision,
      boolean sameAsSent,
      boolean known,
      boolean echo,
      Bytes wire,
      ClientCopy sent,
      List<Conflict> conflicts,
      Optional<String> refused) {
    this(id, revision, sameAsSent, known, echo, wire, sent, conflicts, refused, List.of());
  }

  /** The same, which has become a copy of somebody else's document. */
  PushResult forked(DocumentId from) {
    return warning(
        List.of(
            new Warning(Warning.FORKED, id.key(), Optional.of(from.owner()), Optional.empty())));
  }

  /** The same with more warnings. */
  PushResult warning(List<Warning> more) {
    List<Warning> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new PushResult(
        id, revision, sameAsSent, known, echo, wire, sent, conflicts, refused, all);
  }
}
