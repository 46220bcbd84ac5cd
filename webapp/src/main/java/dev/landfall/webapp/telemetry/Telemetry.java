package dev.landfall.webapp.telemetry;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.sync.EngineObserver;
import dev.landfall.webapp.telemetry.Meters.Count;
import dev.landfall.webapp.telemetry.Meters.Label;
import dev.landfall.webapp.telemetry.Meters.Time;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 * What the server counts, at {@code /metrics}. Names of applications are tags because they are few
 * and configured; nothing that a client chooses is one. Safe for concurrent use.
 */
public final class Telemetry implements EngineObserver {
  private static final Logger LOG = Logger.getLogger(Telemetry.class.getName());
  private static final int MAX_SERIES = 2_000;

  private final Meters meters;
  private final ConcurrentMap<String, Count> counters = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Time> timers = new ConcurrentHashMap<>();

  /** Found without labels: a server makes them by a regular expression. */
  private final ConcurrentMap<Request, Requests> requests = new ConcurrentHashMap<>();

  private final ConcurrentMap<String, Time> operations = new ConcurrentHashMap<>();
  private final Count batches;
  private final Time feedLag;

  /** Counts into {@code meters}. */
  public Telemetry(Meters meters) {
    this.meters = meters;
    this.batches = meters.sizes("landfall_commit_requests", "Pushes that shared one commit");
    this.feedLag =
        meters.time(
            "landfall_feed_lag", "From a commit to the answer for one who waited", List.of());
  }

  /**
   * The figures of the server we run on; none where it has no MicroProfile Metrics, which is said
   * in the log.
   */
  public static Meters metersOfServer() {
    try {
      Class.forName("org.eclipse.microprofile.metrics.MetricRegistry");
    } catch (ClassNotFoundException e) {
      LOG.info("There are no metrics: this server has no mpMetrics.");
      return Meters.NONE;
    }
    return MicroProfileMeters.ofServer();
  }

  private record Request(String route, String method, int status) {}

  private record Requests(Count count, Time time) {}

  /** A request has been answered. */
  public void answered(String route, String method, int status, long nanos) {
    Request request = new Request(route, method, status);
    Requests known = requests.get(request);
    if (known == null) {
      if (requests.size() > MAX_SERIES) {
        requests.clear();
      }
      known = requests.computeIfAbsent(request, this::requests);
    }
    known.count().add(1);
    known.time().add(nanos);
  }

  private Requests requests(Request request) {
    return new Requests(
        counter(
            "landfall_requests",
            "Requests answered",
            new Label("route", request.route()),
            new Label("method", request.method()),
            new Label("status", Integer.toString(request.status()))),
        timer("landfall_request", "Until the answer begins", new Label("route", request.route())));
  }

  /** Somebody who waited for news has been answered. */
  public void waited(long nanosSinceNews) {
    feedLag.add(nanosSinceNews);
  }

  /** The store has done something. */
  void stored(String operation, long nanos) {
    Time timer = operations.get(operation);
    if (timer == null) {
      timer =
          operations.computeIfAbsent(
              operation,
              name -> timer("landfall_store", "Calls of the store", new Label("operation", name)));
    }
    timer.add(nanos);
  }

  /** The store has failed to do something. */
  void storeFailed(String operation) {
    counter("landfall_store_failures", "Calls the store failed", new Label("operation", operation))
        .add(1);
  }

  /** Shows a number that somebody else keeps. */
  public void gauge(String name, String description, Supplier<Number> value) {
    meters.gauge(name, description, value);
  }

  /** Shows a count that somebody else keeps. */
  public void gauge(String name, String description, LongSupplier value) {
    gauge(name, description, (Supplier<Number>) value::getAsLong);
  }

  @Override
  public void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {
    Label label = new Label("application", application.value());
    counter("landfall_commits", "Commits", label).add(1);
    counter("landfall_documents", "Documents stored", label).add(documents);
    batches.add(requests);
  }

  @Override
  public void clashed(ApplicationName application) {
    counter(
            "landfall_clashes",
            "Commits another node was faster with",
            new Label("application", application.value()))
        .add(1);
  }

  @Override
  public void conflict(ApplicationName application, Conflict conflict) {
    counter(
            "landfall_conflicts",
            "Conflicts resolved",
            new Label("application", application.value()),
            new Label("kind", conflict.kind()))
        .add(1);
  }

  @Override
  public void rejected(ApplicationName application, String code) {
    counter(
            "landfall_rejected",
            "Changes refused while others of the request were stored",
            new Label("application", application.value()),
            new Label("code", code))
        .add(1);
  }

  private Count counter(String name, String description, Label... labels) {
    String id = id(name, labels);
    Count known = counters.get(id);
    if (known != null) {
      return known;
    }
    if (counters.size() > MAX_SERIES) {
      counters.clear();
    }
    return counters.computeIfAbsent(id, key -> meters.count(name, description, List.of(labels)));
  }

  private Time timer(String name, String description, Label... labels) {
    String id = id(name, labels);
    Time known = timers.get(id);
    return known != null
        ? known
        : timers.computeIfAbsent(id, key -> meters.time(name, description, List.of(labels)));
  }

  private static String id(String name, Label[] labels) {
    StringBuilder id = new StringBuilder(name);
    for (Label label : labels) {
      id.append('|').append(label.value());
    }
    return id.toString();
  }
}
