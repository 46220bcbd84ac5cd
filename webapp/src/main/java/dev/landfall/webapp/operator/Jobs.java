package dev.landfall.webapp.operator;

import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonValue;
import dev.landfall.api.store.Directory;
import dev.landfall.engine.directory.JsonDirectory;
import dev.landfall.engine.directory.Kept;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.webapp.http.LogText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * What operators have started, newest last. Each is a record {@code job}, named by when it began,
 * so that every node lists all. Safe for concurrent use.
 */
public final class Jobs {
  private static final Logger LOG = Logger.getLogger(Jobs.class.getName());
  private static final String KIND = "job";
  private static final String RUNNING = "running";
  private static final int KEPT = 100;

  /** What has not ended by then was under way on a server that has stopped. */
  private static final Duration LOST = Duration.ofDays(1);

  private final JsonDirectory directory;
  private final Map<String, LongSupplier> works;
  private final Executor executor;
  private final InstantSource time;

  /**
   * Jobs.
   *
   * @param works by name, what can be done; each gives how many things it has done
   */
  public Jobs(
      Directory directory, Map<String, LongSupplier> works, Executor executor, InstantSource time) {
    this.directory = new JsonDirectory(directory);
    this.works = Map.copyOf(works);
    this.executor = executor;
    this.time = time;
  }

  /** What can be done. */
  Set<String> kinds() {
    return works.keySet();
  }

  /**
   * Starts a job.
   *
   * @param kind one of {@link #kinds}
   * @return its id
   * @throws SyncException if one of that kind is under way
   */
  String start(String kind) {
    LongSupplier work = works.get(kind);
    if (work == null) {
      throw SyncException.badRequest("kind", "must be one of " + String.join(", ", works.keySet()));
    }
    List<Kept> known = directory.list(KIND, "", JsonDirectory.MAX_PAGE);
    if (known.stream().anyMatch(job -> job.text("kind").equals(kind) && isRunning(job))) {
      throw new SyncException(SyncProblem.CONFLICT, "One of these is under way");
    }
    known.stream().limit(Math.max(0, known.size() - KEPT)).forEach(directory::remove);
    long now = time.millis();
    String id = "%013x-%s".formatted(now, kind);
    JsonObject begun =
        JsonObject.builder().put("kind", kind).put("startedAt", now).put("state", RUNNING).build();
    if (!directory.write(KIND, id, 1, begun)) {
      throw new SyncException(SyncProblem.CONFLICT, "One of these is under way");
    }
    executor.execute(() -> run(id, begun, work));
    return id;
  }

  private void run(String id, JsonObject begun, LongSupplier work) {
    JsonObject.Builder end = JsonObject.builder();
    begun.members().forEach(end::put);
    try {
      end.put("done", work.getAsLong()).put("state", "done");
    } catch (RuntimeException e) {
      LOG.warning(() -> "A job has failed: " + LogText.of(e));
      end.put("state", "failed");
    }
    directory.write(KIND, id, 2, end.put("endedAt", time.millis()).build());
  }

  private boolean isRunning(Kept job) {
    return job.text("state").equals(RUNNING) && !isLost(job);
  }

  private boolean isLost(Kept job) {
    return job.number("startedAt") < time.millis() - LOST.toMillis();
  }

  /**
   * Some of them.
   *
   * @param after behind which the page begins; empty at first
   */
  List<Kept> list(String after, int limit) {
    return directory.list(KIND, after, limit);
  }

  /** {@code {jobId, kind, state, startedAt, endedAt?, done?}}. */
  JsonValue json(Kept job) {
    String state = job.text("state");
    JsonObject.Builder json =
        JsonObject.builder()
            .put("jobId", job.name())
            .put("kind", job.text("kind"))
            .put("state", state.equals(RUNNING) && isLost(job) ? "lost" : state)
            .put("startedAt", Instant.ofEpochMilli(job.number("startedAt")).toString());
    job.optionalNumber("endedAt")
        .ifPresent(at -> json.put("endedAt", Instant.ofEpochMilli(at).toString()));
    job.optionalNumber("done").ifPresent(done -> json.put("done", done));
    return json.build();
  }
}
