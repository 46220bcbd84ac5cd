package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonObject;
import java.util.List;

/**
 * What documents have to be like beyond their schema. It is asked wherever a schema is: for what
 * clients send, for what a merge makes of it, and for imports. Safe for concurrent use; quick, as
 * it is asked while others wait to commit; and it always answers the same for the same document.
 */
@FunctionalInterface
public interface DocumentValidator {
  /** What is wrong with {@code document}, which is as its schema says; empty if nothing. */
  List<DocumentSchema.Violation> violations(
      ApplicationName application, CollectionName collection, JsonObject document);
}
