package dev.landfall.engine.organisation;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list. It may be shorter than asked for, even empty, though more follows.
 *
 * @param after where the next part begins; none if this was the last
 */
public record Page<T>(List<T> items, Optional<String> after) {
  public Page {
    items = List.copyOf(items);
  }
}
