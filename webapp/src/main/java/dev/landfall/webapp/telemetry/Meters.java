package dev.landfall.webapp.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * Counters, histograms and gauges, and the text in which Prometheus reads them (exposition format
 * 0.0.4). Safe for concurrent use.
 */
final class Meters {
  /** The media type of {@link #text()}. */
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Upper ends of what is counted together, in seconds. */
  static final List<Double> SECONDS =
      List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0);

  private static final int MAX_SERIES = 2_000;

  /** By name, so that what belongs together stands together, as the format asks for. */
  private final Map<String, Family> families = new ConcurrentSkipListMap<>();

  private record Family(String type, String description, Map<String, Meter> series) {}

  /** A name and a value of what a number is about. */
  record Label(String name, String value) {}

  /** Something that is counted. */
  interface Meter {
    /** Its lines. */
    void write(String name, String labels, StringBuilder out);
  }

  /** A number that only grows. */
  static final class Counter implements Meter {
    private final LongAdder count = new LongAdder();

    void add(long more) {
      count.add(more);
    }

    @Override
    public void write(String name, String labels, StringBuilder out) {
      line(name, labels, count.sum(), out);
    }
  }

  /** How often values of what size came. */
  static final class Histogram implements Meter {
    private final List<Double> ends;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();
    private final double unit;

    /**
     * Nothing yet.
     *
     * @param ends rising
     * @param unit what one of the whole numbers that come is of those that are shown
     */
    Histogram(List<Double> ends, double unit) {
      this.ends = ends;
      this.unit = unit;
      this.counts = new LongAdder[ends.size() + 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(long value) {
      int at = 0;
      while (at < ends.size() && value * unit > ends.get(at)) {
        at++;
      }
      counts[at].increment();
      sum.add(value);
    }

    @Override
    public void write(String name, String labels, StringBuilder out) {
      long upTo = 0;
      String before = labels.isEmpty() ? "" : labels + ",";
      for (int i = 0; i < counts.length; i++) {
        upTo += counts[i].sum();
        String end = i < ends.size() ? ends.get(i).toString() : "+Inf";
        line(name + "_bucket", before + "le=\"" + end + "\"", upTo, out);
      }
      line(name + "_sum", labels, sum.sum() * unit, out);
      line(name + "_count", labels, upTo, out);
    }
  }

  private record Gauge(DoubleSupplier value) implements Meter {
    @Override
    public void write(String name, String labels, StringBuilder out) {
      line(name, labels, value.getAsDouble(), out);
    }
  }

  /** The counter of that name and those labels; one that is not shown if there are too many. */
  Counter counter(String name, String description, Label... labels) {
    return series("counter", name, description, Counter.class, new Counter(), labels);
  }

  /** The histogram of times of that name and those labels; they come in nanoseconds. */
  Histogram timer(String name, String description, Label... labels) {
    return series(
        "histogram", name, description, Histogram.class, new Histogram(SECONDS, 1e-9), labels);
  }

  /** The histogram of whole numbers of that name. */
  Histogram histogram(String name, String description, List<Double> ends) {
    return series("histogram", name, description, Histogram.class, new Histogram(ends, 1));
  }

  /** Shows a number that somebody else keeps. */
  void gauge(String type, String name, String description, DoubleSupplier value, Label... labels) {
    family(type, name, description).series().put(text(labels), new Gauge(value));
  }

  private Family family(String type, String name, String description) {
    return families.computeIfAbsent(
        name, key -> new Family(type, description, new ConcurrentSkipListMap<>()));
  }

  private <M extends Meter> M series(
      String type, String name, String description, Class<M> kind, M fresh, Label... labels) {
    Map<String, Meter> series = family(type, name, description).series();
    String key = text(labels);
    Meter known = series.get(key);
    if (known == null && series.size() < MAX_SERIES) {
      known = series.computeIfAbsent(key, text -> fresh);
    }
    return known == null ? fresh : kind.cast(known);
  }

  private static String text(Label... labels) {
    List<String> all = new ArrayList<>();
    for (Label label : labels) {
      String value = label.value().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      all.add(label.name() + "=\"" + value + "\"");
    }
    return String.join(",", all);
  }

  /** All that is known now. */
  String text() {
    StringBuilder out = new StringBuilder(16 * 1024);
    families.forEach(
        (name, family) -> {
          out.append("# HELP ").append(name).append(' ').append(family.description()).append('\n');
          out.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
          family.series().forEach((labels, meter) -> meter.write(name, labels, out));
        });
    return out.toString();
  }

  private static void line(String name, String labels, double value, StringBuilder out) {
    out.append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }
}
