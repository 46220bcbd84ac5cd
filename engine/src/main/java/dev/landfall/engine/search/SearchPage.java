package dev.landfall.engine.search;

import dev.landfall.api.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What a search has found.
 *
 * @param results in their delivered form
 * @param after where the next page begins, empty if there is none
 */
public record SearchPage(List<Bytes> results, Optional<String> after) {
  public SearchPage {
    results = List.copyOf(results);
  }
}
