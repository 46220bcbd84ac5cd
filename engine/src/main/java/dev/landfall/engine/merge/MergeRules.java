package dev.landfall.engine.merge;

import dev.landfall.api.json.JsonObject;
import java.util.function.Predicate;

/**
 * What a collection's configuration says about merging.
 *
 * @param acceptable whether a document may be stored: its schema and the limits on size
 */
public record MergeRules(MergeStrategies strategies, Predicate<JsonObject> acceptable) {
  /** Built-in strategies and no schema. */
  public static final MergeRules FREE_FORM = new MergeRules(MergeStrategies.NONE, document -> true);
}
