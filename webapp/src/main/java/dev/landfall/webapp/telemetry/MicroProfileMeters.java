package dev.landfall.webapp.telemetry;

import jakarta.enterprise.inject.spi.Unmanaged;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Histogram;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;

/**
 * Figures at {@code /metrics}, where the server has MicroProfile Metrics. It is no part of
 * MicroProfile 7, so no other class may know it: without the feature this one cannot be loaded.
 */
final class MicroProfileMeters implements Meters {
  // Which registry it is depends on who has it injected, so it cannot be looked up.
  @Inject private MetricRegistry registry;

  /** For the container. */
  MicroProfileMeters() {}

  /** Those of the server we run on. */
  static Meters ofServer() {
    return new Unmanaged<>(MicroProfileMeters.class).newInstance().produce().inject().get();
  }

  @Override
  public Count count(String name, String description, List<Label> labels) {
    Counter counter = registry.counter(metadata(name, description, "none"), tags(labels));
    return counter::inc;
  }

  @Override
  public Time time(String name, String description, List<Label> labels) {
    Timer timer = registry.timer(metadata(name, description, "seconds"), tags(labels));
    return nanos -> timer.update(Duration.ofNanos(nanos));
  }

  @Override
  public Count sizes(String name, String description) {
    Histogram histogram = registry.histogram(metadata(name, description, "none"));
    return histogram::update;
  }

  @Override
  public void gauge(String name, String description, Supplier<Number> value) {
    registry.gauge(metadata(name, description, "none"), value);
  }

  private static Tag[] tags(List<Label> labels) {
    return labels.stream().map(label -> new Tag(label.name(), label.value())).toArray(Tag[]::new);
  }

  private static Metadata metadata(String name, String description, String unit) {
    return Metadata.builder().withName(name).withDescription(description).withUnit(unit).build();
  }
}
