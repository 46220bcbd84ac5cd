package dev.landfall.webapp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.webapp.telemetry.Meters.Label;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetersTest {
  private final Meters meters = new Meters();

  @Test
  void whatIsCountedIsShownByItsLabels() {
    meters.counter("requests_total", "Requests", new Label("route", "/sync")).add(2);
    meters.counter("requests_total", "Requests", new Label("route", "/sync")).add(1);
    meters.counter("requests_total", "Requests", new Label("route", "a \"b\" \\ c\n")).add(1);
    meters.gauge("gauge", "waiters", "Who wait", () -> 3);

    assertThat(meters.text())
        .isEqualTo(
            """
            # HELP requests_total Requests
            # TYPE requests_total counter
            requests_total{route="/sync"} 3.0
            requests_total{route="a \\"b\\" \\\\ c\\n"} 1.0
            # HELP waiters Who wait
            # TYPE waiters gauge
            waiters 3.0
            """);
  }

  @Test
  void aHistogramCountsUpToEachEnd() {
    Meters.Histogram sizes = meters.histogram("size", "Sizes", List.of(1.0, 10.0));
    sizes.add(1);
    sizes.add(5);
    sizes.add(100);

    assertThat(meters.text())
        .contains(
            """
            size_bucket{le="1.0"} 1.0
            size_bucket{le="10.0"} 2.0
            size_bucket{le="+Inf"} 3.0
            size_sum 106.0
            size_count 3.0
            """);
  }

  @Test
  void timesAreInSeconds() {
    meters.timer("lag_seconds", "Lag").add(TimeUnit.MILLISECONDS.toNanos(1_500));

    assertThat(meters.text())
        .contains("lag_seconds_sum 1.5\n", "lag_seconds_bucket{le=\"1.0\"} 0.0\n");
  }

  @Test
  void whatIsCountedUnderTooManyLabelsIsNotKept() {
    for (int i = 0; i < 5_000; i++) {
      meters.counter("made_up", "Made up", new Label("name", "n" + i)).add(1);
    }

    assertThat(meters.text().lines()).hasSizeLessThan(2_010);
  }

  @Test
  void theNumbersAreWhereTheOperatorSaysOrNowhere() {
    assertThat(new MetricsAddress(java.util.Optional.of("/metrics")).is("/metrics")).isTrue();
    assertThat(new MetricsAddress(java.util.Optional.of("/m-8f3a")).is("/metrics")).isFalse();
    assertThat(new MetricsAddress(java.util.Optional.empty()).is("/metrics")).isFalse();
  }
}
