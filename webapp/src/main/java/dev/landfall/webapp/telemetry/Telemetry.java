package dev.landfall.webapp.telemetry;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.store.Feed;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.webapp.telemetry.Meters.Counter;
import dev.landfall.webapp.telemetry.Meters.Histogram;
import dev.landfall.webapp.telemetry.Meters.Label;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the server counts. Names of applications are labels because they are few and configured;
 * nothing that a client chooses is one. Safe for concurrent use.
 */
public final class Telemetry implements EngineObserver {
  private static final int MAX_SERIES = 2_000;
  private static final List<Double> REQUESTS =
      List.of(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0);

  private final Meters meters = new Meters();
  private final ConcurrentMap<Request, Requests> requests = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Histogram> operations = new ConcurrentHashMap<>();
  private final Histogram batches =
      meters.histogram("landfall_commit_requests", "Pushes that shared one commit", REQUESTS);
  private final Histogram feedLag =
      meters.timer("landfall_feed_lag_seconds", "From a commit to the answer for one who waited");

  /** Nothing yet but what the process is doing. */
  public Telemetry() {
    ProcessMeters.show(meters);
  }

  /** All of it, for Prometheus. */
  String text() {
    return meters.text();
  }

  private record Request(String route, String method, int status) {}

  private record Requests(Counter count, Histogram time) {}

  /** A request has been answered. */
  public void answered(String route, String method, int status, long nanos) {
    Request request = new Request(route, method, status);
    Requests known = requests.get(request);
    if (known == null) {
      if (requests.size() > MAX_SERIES) {
        requests.clear();
      }
      known = requests.computeIfAbsent(request, this::of);
    }
    known.count().add(1);
    known.time().add(nanos);
  }

  private Requests of(Request request) {
    return new Requests(
        meters.counter(
            "landfall_requests_total",
            "Requests answered",
            new Label("route", request.route()),
            new Label("method", request.method()),
            new Label("status", Integer.toString(request.status()))),
        meters.timer(
            "landfall_request_seconds",
            "Until the answer begins",
            new Label("route", request.route())));
  }

  /** Somebody who waited for news has been answered. */
  public void waited(long nanosSinceNews) {
    feedLag.add(nanosSinceNews);
  }

  /** The store has done something. */
  void stored(String operation, long nanos) {
    Histogram timer = operations.get(operation);
    if (timer == null) {
      timer =
          operations.computeIfAbsent(
              operation,
              name ->
                  meters.timer(
                      "landfall_store_seconds",
                      "Calls of the store",
                      new Label("operation", name)));
    }
    timer.add(nanos);
  }

  /** The store has failed to do something. */
  void storeFailed(String operation) {
    count(
        "landfall_store_failures_total",
        "Calls the store failed",
        1,
        new Label("operation", operation));
  }

  /** Shows a number that somebody else keeps. */
  public void gauge(String name, String description, Supplier<Number> value) {
    meters.gauge("gauge", name, description, () -> value.get().doubleValue());
  }

  /** Shows a count that somebody else keeps. */
  public void gauge(String name, String description, LongSupplier value) {
    meters.gauge("gauge", name, description, value::getAsLong);
  }

  @Override
  public void committed(
      ApplicationName application, long number, int requests, int documents, Set<Feed> feeds) {
    Label label = new Label("application", application.value());
    count("landfall_commits_total", "Commits", 1, label);
    count("landfall_documents_total", "Documents stored", documents, label);
    batches.add(requests);
  }

  @Override
  public void clashed(ApplicationName application) {
    count(
        "landfall_clashes_total",
        "Commits another node was faster with",
        1,
        new Label("application", application.value()));
  }

  @Override
  public void conflict(ApplicationName application, Conflict conflict) {
    count(
        "landfall_conflicts_total",
        "Conflicts resolved",
        1,
        new Label("application", application.value()),
        new Label("kind", conflict.kind()));
  }

  @Override
  public void rejected(ApplicationName application, String code) {
    count(
        "landfall_rejected_total",
        "Changes refused while others of the request were stored",
        1,
        new Label("application", application.value()),
        new Label("code", code));
  }

  private void count(String name, String description, long more, Label... labels) {
    meters.counter(name, description, labels).add(more);
  }
}
