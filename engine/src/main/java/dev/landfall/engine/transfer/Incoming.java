package dev.landfall.engine.transfer;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.document.Sharing;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** Something that an import brings. */
public sealed interface Incoming {
  /** The collection it belongs to. */
  CollectionName collection();

  /** The document it is, or is about. */
  DocumentKey key();

  /**
   * A document.
   *
   * @param fields without those of the protocol
   */
  record Fields(CollectionName collection, DocumentKey key, JsonObject fields)
      implements Incoming {}

  /**
   * What the index says of a document.
   *
   * @param sharing makes of the sharing as it is what it is to be
   * @param createdMillis when it was first written; counts if it is earlier than what is known
   * @param creator who is to have written it first
   * @param says whether it says that anybody else reads the document
   */
  record Entry(
      CollectionName collection,
      DocumentKey key,
      UnaryOperator<Sharing> sharing,
      OptionalLong createdMillis,
      Optional<UserId> creator,
      boolean says)
      implements Incoming {}
}
