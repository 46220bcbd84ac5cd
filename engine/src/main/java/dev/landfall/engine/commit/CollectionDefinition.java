package dev.landfall.engine.commit;

import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.MergeStrategies;

/**
 * What configuration says of a collection.
 *
 * @param indexes by which fields documents are found
 */
public record CollectionDefinition(
    DocumentSchema schema, MergeStrategies strategies, IndexedFields indexes) {
  /** A collection that is not listed. */
  public static final CollectionDefinition FREE_FORM =
      new CollectionDefinition(DocumentSchema.NONE, MergeStrategies.NONE);

  /** A collection whose documents are found by their words only. */
  public CollectionDefinition(DocumentSchema schema, MergeStrategies strategies) {
    this(schema, strategies, IndexedFields.NONE);
  }
}
