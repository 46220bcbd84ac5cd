package dev.landfall.engine.atom;

import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.Document;
import java.util.Optional;

/**
 * A document as it is told in a group.
 *
 * @param owner of a document of somebody else, empty for one's own
 * @param fields none if it is deleted
 * @param version how many revisions it has had, zero if the reader may not know
 * @param updatedMillis of the clock of its last revision, since the Unix epoch
 */
public record AtomDocument(
    Optional<Owner> owner,
    DocumentKey key,
    JsonObject fields,
    long version,
    long updatedMillis,
    boolean deleted) {
  /** A document as {@code reader}, whom a request is about, is told of it. */
  static AtomDocument of(Document document, Owner reader) {
    return new AtomDocument(
        other(document.id(), reader),
        document.id().key(),
        document.fields(),
        document.index().version(),
        document.revision().millis(),
        document.isDeleted());
  }

  /** One that is not there for {@code reader} any more. */
  static AtomDocument gone(DocumentId id, Owner reader, long millis) {
    return new AtomDocument(other(id, reader), id.key(), JsonObject.EMPTY, 0, millis, true);
  }

  private static Optional<Owner> other(DocumentId id, Owner reader) {
    return Optional.of(id.owner()).filter(owner -> !owner.equals(reader));
  }
}
