package dev.landfall.webapp.telemetry;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.sync.EngineObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Histogram;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;

/**
 * What the server counts, at {@code /metrics}. Names of applications are tags because they are few
 * and configured; nothing that a client chooses is one. Safe for concurrent use.
 */
public final class Telemetry implements EngineObserver {
  private static final int MAX_SERIES = 2_000;

  private final MetricRegistry registry;
  private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Timer> timers = new ConcurrentHashMap<>();

  /** Found without a Tag: making one costs a regular expression. */
  private final ConcurrentMap<Request, Requests> requests = new ConcurrentHashMap<>();

  private final ConcurrentMap<String, Timer> operations = new ConcurrentHashMap<>();
  private final Histogram batches;
  private final Timer feedLag;

  /** Counts into {@code registry}. */
  public Telemetry(MetricRegistry registry) {
    this.registry = registry;
    this.batches =
        registry.histogram(
            metadata("landfall_commit_requests", "Pushes that shared one commit", "none"));
    this.feedLag =
        registry.timer(
            metadata(
                "landfall_feed_lag", "From a commit to the answer for one who waited", "seconds"));
  }

  private record Request(String route, String method, int status) {}

  private record Requests(Counter count, Timer time) {}

  /** A request has been answered. */
  public void answered(String route, String method, int status, long nanos) {
    Request request = new Request(route, method, status);
    Requests meters = requests.get(request);
    if (meters == null) {
      if (requests.size() > MAX_SERIES) {
        requests.clear();
      }
      meters = requests.computeIfAbsent(request, this::meters);
    }
    meters.count().inc();
    meters.time().update(Duration.ofNanos(nanos));
  }

  private Requests meters(Request request) {
    return new Requests(
        counter(
            "landfall_requests",
            "Requests answered",
            new Tag("route", request.route()),
            new Tag("method", request.method()),
            new Tag("status", Integer.toString(request.status()))),
        timer("landfall_request", "Until the answer begins", new Tag("route", request.route())));
  }

  /** Somebody who waited for news has been answered. */
  public void waited(long nanosSinceNews) {
    feedLag.update(Duration.ofNanos(nanosSinceNews));
  }

  /** The store has done something. */
  void stored(String operation, long nanos) {
    Timer timer = operations.get(operation);
    if (timer == null) {
      timer =
          operations.computeIfAbsent(
              operation,
              name -> timer("landfall_store", "Calls of the store", new Tag("operation", name)));
    }
    timer.update(Duration.ofNanos(nanos));
  }

  /** The store has failed to do something. */
  void storeFailed(String operation) {
    counter("landfall_store_failures", "Calls the store failed", new Tag("operation", operation))
        .inc();
  }

  /** Shows a number that somebody else keeps. */
  public void gauge(String name, String description, Supplier<Number> value) {
    registry.gauge(metadata(name, description, "none"), value);
  }

  /** Shows a count that somebody else keeps. */
  public void gauge(String name, String description, LongSupplier value) {
    gauge(name, description, (Supplier<Number>) value::getAsLong);
  }

  @Override
  public void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {
    Tag tag = new Tag("application", application.value());
    counter("landfall_commits", "Commits", tag).inc();
    counter("landfall_documents", "Documents stored", tag).inc(documents);
    batches.update(requests);
  }

  @Override
  public void clashed(ApplicationName application) {
    counter(
            "landfall_clashes",
            "Commits another node was faster with",
            new Tag("application", application.value()))
        .inc();
  }

  @Override
  public void conflict(ApplicationName application, Conflict conflict) {
    counter(
            "landfall_conflicts",
            "Conflicts resolved",
            new Tag("application", application.value()),
            new Tag("kind", conflict.kind()))
        .inc();
  }

  @Override
  public void rejected(ApplicationName application, String code) {
    counter(
            "landfall_rejected",
            "Changes refused while others of the request were stored",
            new Tag("application", application.value()),
            new Tag("code", code))
        .inc();
  }

  private Counter counter(String name, String description, Tag... tags) {
    String id = id(name, tags);
    Counter known = counters.get(id);
    if (known != null) {
      return known;
    }
    if (counters.size() > MAX_SERIES) {
      counters.clear();
    }
    return counters.computeIfAbsent(
        id, key -> registry.counter(metadata(name, description, "none"), tags));
  }

  private Timer timer(String name, String description, Tag... tags) {
    String id = id(name, tags);
    Timer known = timers.get(id);
    return known != null
        ? known
        : timers.computeIfAbsent(
            id, key -> registry.timer(metadata(name, description, "seconds"), tags));
  }

  private static String id(String name, Tag[] tags) {
    StringBuilder id = new StringBuilder(name);
    for (Tag tag : tags) {
      id.append('|').append(tag.getTagValue());
    }
    return id.toString();
  }

  private static Metadata metadata(String name, String description, String unit) {
    return Metadata.builder().withName(name).withDescription(description).withUnit(unit).build();
  }
}
