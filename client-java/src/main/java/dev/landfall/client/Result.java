package dev.landfall.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a query has found.
 *
 * @param found by name, in the order that was asked for
 * @param total how many there are in all, at most {@value #MAX_TOTAL}; without those of other pages
 *     if the server has answered
 * @param pending the names of those in {@code found} with changes that the server does not have
 * @param after where a next page begins; empty if there is none
 * @param fromServer whether the server has answered, or this device
 * @param <T> what a document is
 */
public record Result<T>(
    Map<String, T> found,
    int total,
    Set<String> pending,
    Optional<String> after,
    boolean fromServer) {
  /** Further than this nobody counts. */
  public static final int MAX_TOTAL = 10_000;

  public Result {
    found = Collections.unmodifiableMap(new LinkedHashMap<>(found));
    pending = Set.copyOf(pending);
  }

  /** The documents. */
  public List<T> documents() {
    return Collections.unmodifiableList(new ArrayList<>(found.values()));
  }
}
