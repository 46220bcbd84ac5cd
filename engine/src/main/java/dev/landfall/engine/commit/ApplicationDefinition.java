package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.commit.DocumentSchema.DocumentValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What configuration says of an application.
 *
 * @param description empty if none is given
 * @param collections those that are listed; all others take free-form documents
 * @param validators are asked beyond the schemas
 */
public record ApplicationDefinition(
    ApplicationName name,
    String description,
    Map<CollectionName, CollectionDefinition> collections,
    List<DocumentValidator> validators) {
  public ApplicationDefinition {
    collections = Map.copyOf(collections);
    validators = List.copyOf(validators);
  }

  /** An application whose documents are asked for nothing but their schemas. */
  public ApplicationDefinition(
      ApplicationName name,
      String description,
      Map<CollectionName, CollectionDefinition> collections) {
    this(name, description, collections, List.of());
  }

  /** The same with validators. */
  public ApplicationDefinition with(List<DocumentValidator> all) {
    return new ApplicationDefinition(name, description, collections, all);
  }

  /** The definition of a collection, listed or not. */
  public CollectionDefinition collection(CollectionName collection) {
    CollectionDefinition listed =
        collections.getOrDefault(collection, CollectionDefinition.FREE_FORM);
    return validators.isEmpty()
        ? listed
        : new CollectionDefinition(
            document -> violations(collection, listed.schema(), document),
            listed.strategies(),
            listed.indexes());
  }

  private List<DocumentSchema.Violation> violations(
      CollectionName collection, DocumentSchema schema, JsonObject document) {
    List<DocumentSchema.Violation> wrong = schema.violations(document);
    if (!wrong.isEmpty()) {
      return wrong;
    }
    List<DocumentSchema.Violation> more = new ArrayList<>();
    for (DocumentValidator one : validators) {
      more.addAll(one.violations(name, collection, document));
    }
    return more;
  }
}
