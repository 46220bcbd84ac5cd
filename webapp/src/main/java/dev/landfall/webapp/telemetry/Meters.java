package dev.landfall.webapp.telemetry;

import java.util.List;
import java.util.function.Supplier;

/** Where figures are kept and shown. Safe for concurrent use. */
public interface Meters {
  /** Where nobody wants to see them. */
  Meters NONE =
      new Meters() {
        @Override
        public Count count(String name, String description, List<Label> labels) {
          return more -> {};
        }

        @Override
        public Time time(String name, String description, List<Label> labels) {
          return nanos -> {};
        }

        @Override
        public Count sizes(String name, String description) {
          return size -> {};
        }

        @Override
        public void gauge(String name, String description, Supplier<Number> value) {}
      };

  /** What a figure is told apart by from others of its name. */
  record Label(String name, String value) {}

  /** Something that is counted, or sizes of something. */
  interface Count {
    /** So many more, or one of that size. */
    void add(long number);
  }

  /** Something that takes time. */
  interface Time {
    /** It took so long once. */
    void add(long nanos);
  }

  /** The count of that name with these labels. */
  Count count(String name, String description, List<Label> labels);

  /** The time of that name with these labels. */
  Time time(String name, String description, List<Label> labels);

  /** How sizes are distributed. */
  Count sizes(String name, String description);

  /** Shows a number that somebody else keeps. */
  void gauge(String name, String description, Supplier<Number> value);
}
