package dev.landfall.engine.commit;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** What the documents of a collection have to look like. Safe for concurrent use. */
public interface DocumentSchema {
  /** Anything goes. */
  DocumentSchema NONE = document -> List.of();

  /** What is wrong with {@code document}; empty if nothing. */
  List<Violation> violations(JsonObject document);

  /** What it was made of, for those who write documents; empty if there is nothing to show. */
  default Optional<JsonValue> source() {
    return Optional.empty();
  }

  /**
   * One thing that is wrong.
   *
   * @param field the path of the missing property or the offending value, without a leading slash
   * @param message plain English; holds nothing of the document
   */
  record Violation(String field, String message) {}

  /**
   * What documents have to be like beyond their schema. It is asked wherever a schema is: for what
   * clients send, for what a merge makes of it, and for imports. Safe for concurrent use; quick, as
   * it is asked while others wait to commit; and it always answers the same for the same document.
   */
  @FunctionalInterface
  interface DocumentValidator {
    /** What is wrong with {@code document}, which is as its schema says; empty if nothing. */
    List<Violation> violations(
        ApplicationName application, CollectionName collection, JsonObject document);
  }
}
