package dev.landfall.engine.sync;

import dev.landfall.engine.merge.MergeStrategies;

/** What configuration says of a collection. */
public record CollectionDefinition(DocumentSchema schema, MergeStrategies strategies) {
  /** A collection that is not listed. */
  public static final CollectionDefinition FREE_FORM =
      new CollectionDefinition(DocumentSchema.NONE, MergeStrategies.NONE);
}
