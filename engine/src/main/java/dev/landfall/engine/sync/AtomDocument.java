package dev.landfall.engine.sync;

import dev.landfall.api.DocumentKey;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.Document;

/**
 * A document as it is told in a group.
 *
 * @param fields none if it is deleted
 * @param version how many revisions it has had, zero if the reader may not know
 * @param updatedMillis of the clock of its last revision, since the Unix epoch
 */
public record AtomDocument(
    DocumentKey key, JsonObject fields, long version, long updatedMillis, boolean deleted) {
  static AtomDocument of(Document document) {
    return new AtomDocument(
        document.id().key(),
        document.fields(),
        document.index().version(),
        document.revision().millis(),
        document.isDeleted());
  }
}
