package dev.landfall.engine.merge;

import java.util.Locale;
import java.util.Optional;

/** How two concurrent edits of a field become one value. */
public enum MergeStrategy {
  /** The later edit clock. */
  LWW,
  /** Line by line, for strings. */
  TEXT,
  /** The array as a set: what either side added or removed. */
  SET,
  /** The sum of what both sides added. */
  COUNTER,
  /** The greater number or string. */
  MAX,
  /** The lesser number or string. */
  MIN;

  /** The strategy of that name in configuration. */
  public static Optional<MergeStrategy> named(String name) {
    for (MergeStrategy strategy : values()) {
      if (strategy.text().equals(name)) {
        return Optional.of(strategy);
      }
    }
    return Optional.empty();
  }

  /** The name in configuration and on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
