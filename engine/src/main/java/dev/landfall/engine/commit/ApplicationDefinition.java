package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import java.util.Map;

/**
 * What configuration says of an application.
 *
 * @param description empty if none is given
 * @param collections those that are listed; all others take free-form documents
 */
public record ApplicationDefinition(
    ApplicationName name,
    String description,
    Map<CollectionName, CollectionDefinition> collections) {
  public ApplicationDefinition {
    collections = Map.copyOf(collections);
  }

  /** The definition of a collection, listed or not. */
  public CollectionDefinition collection(CollectionName collection) {
    return collections.getOrDefault(collection, CollectionDefinition.FREE_FORM);
  }
}
