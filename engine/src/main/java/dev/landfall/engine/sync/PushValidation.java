package dev.landfall.engine.sync;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonArray;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Acceptance;
import dev.landfall.engine.commit.DocumentSchema;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.LeafPath;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is checked of a push before anything is read or stored: drift, limits, schema. */
public final class PushValidation {
  private final SyncSettings settings;
  private final Acceptance acceptance;
  private final ApplicationStore store;

  /**
   * For pushes to a collection.
   *
   * @param acceptance what its documents have to be like
   * @param store knows the last commit; asked only about clocks that are ahead of the wall clock
   */
  public PushValidation(SyncSettings settings, Acceptance acceptance, ApplicationStore store) {
    this.settings = settings;
    this.acceptance = acceptance;
    this.store = store;
  }

  /**
   * The valid changes and the refused ones.
   *
   * @param valid in the order of the request
   */
  public record Result(List<Change> valid, List<SyncAnswer.Rejection> rejected) {}

  /**
   * Checks all changes of {@code request}.
   *
   * @param wallMillis now, in milliseconds since the Unix epoch
   * @throws SyncException if the request has to be refused as a whole
   */
  public Result check(SyncRequest request, long wallMillis) {
    List<Change> changes = request.changes();
    if (changes.size() > settings.limits().changes()) {
      throw new SyncException(
          SyncProblem.TOO_LARGE,
          "changes: more than " + settings.limits().changes() + " in one request");
    }
    for (int i = 0; i < changes.size(); i++) {
      checkLimits(changes.get(i), i);
      checkPaths(changes.get(i), i);
    }
    long allowed = wallMillis + settings.maxDrift().toMillis();
    for (Change change : changes) {
      allowed = checkDrift(change, wallMillis, allowed);
    }
    return checkSchema(request);
  }

  private void checkLimits(Change change, int index) {
    String place = "changes[" + index + "].doc";
    if (change.fields().isPresent()) {
      Optional<Limits.Violation> violation = acceptance.tooMuch(change.fields().get());
      if (violation.isPresent()) {
        throw new SyncException(
            violation.get().problem(),
            place + ": " + violation.get().message(),
            JsonObject.builder().put("key", change.key().value()).build());
      }
    }
  }

  private void checkPaths(Change change, int index) {
    for (String path : change.stamps().keySet()) {
      boolean allowed = settings.limits().allowsPath(LeafPath.parse(path)) || isField(change, path);
      if (!allowed) {
        throw SyncException.badRequest(
            "changes[" + index + "].fieldRevs",
            "a path has more levels, longer names or other characters than a document may have");
      }
    }
  }

  /**
   * Existing clients write the bare names of top-level fields, which may hold any number of dots.
   */
  private static boolean isField(Change change, String name) {
    return change.fields().map(fields -> fields.get(name) != null).orElse(false);
  }

  /**
   * Finds that no clock of {@code change} is too far ahead.
   *
   * @param allowed how late a clock may be, as far as is known
   * @return the same, as far as is known now
   */
  private long checkDrift(Change change, long wallMillis, long allowed) {
    long known = checkDrift(change, "baseClock", change.baseClock(), wallMillis, allowed);
    for (Map.Entry<String, HybridTimestamp> stamp : change.stamps().entrySet()) {
      known = checkDrift(change, stamp.getKey(), stamp.getValue(), wallMillis, known);
    }
    return known;
  }

  private long checkDrift(
      Change change, String field, HybridTimestamp clock, long wallMillis, long allowed) {
    Duration max = settings.maxDrift();
    long known = allowed;
    if (clock.millis() > known) {
      known = Math.max(known, allowedByLastCommit());
    }
    if (clock.millis() > known) {
      throw new SyncException(
          SyncProblem.CLOCK_DRIFT,
          "the clock of the device is ahead of the server's by more than is allowed",
          JsonObject.builder()
              .put("serverTime", wallMillis)
              .put("maxDriftMs", max.toMillis())
              .put("key", change.key().value())
              .put("field", field)
              .build());
    }
    return known;
  }

  /**
   * How late a clock may be because of the last commit: a server whose wall clock was ahead and has
   * been corrected does not refuse what it issued itself, nor an edit upon that, which is of the
   * same millisecond. No later one, because each request could move the last commit on again.
   */
  private long allowedByLastCommit() {
    return store.tip().clock().millis();
  }

  private Result checkSchema(SyncRequest request) {
    List<Change> valid = new ArrayList<>(request.changes().size());
    List<SyncAnswer.Rejection> rejected = new ArrayList<>();
    List<JsonValue> details = new ArrayList<>();
    for (Change change : request.changes()) {
      List<DocumentSchema.Violation> violations =
          change.fields().map(acceptance::misfits).orElse(List.of());
      if (violations.isEmpty()) {
        valid.add(change);
        continue;
      }
      List<JsonValue> own = new ArrayList<>(violations.size());
      for (DocumentSchema.Violation violation : violations) {
        own.add(
            JsonObject.builder()
                .put("key", change.key().value())
                .put("field", violation.field())
                .put("message", violation.message())
                .build());
      }
      details.addAll(own);
      rejected.add(
          new SyncAnswer.Rejection(
              change.key(), SyncProblem.BAD_REQUEST.code(), new JsonArray(own)));
    }
    if (!rejected.isEmpty() && !request.skipInvalid()) {
      throw new SyncException(
          SyncProblem.BAD_REQUEST, "Schema validation failed", new JsonArray(details));
    }
    return new Result(valid, rejected);
  }
}
