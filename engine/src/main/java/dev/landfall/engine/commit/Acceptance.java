package dev.landfall.engine.commit;

import dev.landfall.api.json.JsonObject;
import dev.landfall.engine.problem.SyncException;
import java.util.List;
import java.util.Optional;

/**
 * What a document of one collection has to be like: within the limits, and as its schema says.
 *
 * @param schema is asked only about documents within the limits
 */
public record Acceptance(Limits limits, DocumentSchema schema) {
  /** Whether it is. */
  public boolean accepts(JsonObject fields) {
    return tooMuch(fields).isEmpty() && misfits(fields).isEmpty();
  }

  /** What of the limits it exceeds. */
  public Optional<Limits.Violation> tooMuch(JsonObject fields) {
    return limits.check(fields);
  }

  /** What its schema says against it. */
  public List<DocumentSchema.Violation> misfits(JsonObject fields) {
    return schema.violations(fields);
  }

  /** The first thing that is wrong with it. */
  public Optional<SyncException> problem(JsonObject fields) {
    return tooMuch(fields)
        .map(found -> new SyncException(found.problem(), found.message()))
        .or(
            () ->
                misfits(fields).stream()
                    .findFirst()
                    .map(found -> SyncException.badRequest(found.field(), found.message())));
  }
}
