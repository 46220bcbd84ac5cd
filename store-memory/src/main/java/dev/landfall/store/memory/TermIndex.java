package dev.landfall.store.memory;

import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The places of one feed by the terms of their documents. It is built some places at a time, so
 * that a large feed does not stop the writers; from the beginning on it is kept up to date. Guarded
 * by the lock of its application.
 */
final class TermIndex {
  /** How many places and terms are taken in while others wait. */
  private static final int CHUNK = 5_000;

  /** How many terms are read of one element at most, for each document that may be found. */
  private static final int TERMS_PER_DOCUMENT = 10;

  private static final int FEW_TERMS = 1_000;

  private final NavigableMap<String, Set<MemoryFeed.Place>> places = new TreeMap<>();

  /** Those that stood here when this began, and may still have to be taken in. */
  private final Queue<MemoryFeed.Place> waiting;

  private final HeapBudget budget;

  TermIndex(List<MemoryFeed.Place> all, HeapBudget budget) {
    this.waiting = new ArrayDeque<>(all);
    this.budget = budget;
  }

  boolean isComplete() {
    return waiting.isEmpty();
  }

  /** Takes in some that are waiting. */
  void build() {
    for (int done = 0; done < CHUNK && !waiting.isEmpty(); done++) {
      MemoryFeed.Place place = waiting.remove();
      if (place.isTaken() && !place.isRevocation() && !place.isIndexed()) {
        add(place);
        done += place.document().content.terms().values().size();
      }
    }
  }

  /** Takes in a place, which is no revocation. */
  void add(MemoryFeed.Place place) {
    place.setIndexed(true);
    add(place, place.document().content.terms());
  }

  /** Lets go of a place, if it was taken in. */
  void remove(MemoryFeed.Place place) {
    if (place.isIndexed()) {
      place.setIndexed(false);
      remove(place, place.document().content.terms());
    }
  }

  /** The document of the place has changed. */
  void change(MemoryFeed.Place place, Terms before, Terms after) {
    if (place.isIndexed() && !before.equals(after)) {
      remove(place, before);
      add(place, after);
    }
  }

  private void add(MemoryFeed.Place place, Terms terms) {
    for (String term : terms.values()) {
      places.computeIfAbsent(term, unused -> new HashSet<>(2)).add(place);
    }
    budget.count(HeapBudget.indexed(terms));
  }

  private void remove(MemoryFeed.Place place, Terms terms) {
    for (String term : terms.values()) {
      places.computeIfPresent(
          term,
          (unused, all) -> {
            all.remove(place);
            return all.isEmpty() ? null : all;
          });
    }
    budget.count(-HeapBudget.indexed(terms));
  }

  /**
   * Adds what {@code query} finds.
   *
   * @param limit how many may be found, with those that are
   * @return false if there are more, or too many terms would have to be read to know
   */
  boolean search(TermQuery query, int limit, List<MemoryFeed.Place> found) {
    int most = FEW_TERMS + TERMS_PER_DOCUMENT * limit;
    List<TermRange> fewest = List.of();
    int least = most;
    for (List<TermRange> element : query.all()) {
      int size = count(element, least);
      if (size < least || (fewest.isEmpty() && size == least)) {
        least = size;
        fewest = element;
      }
    }
    if (fewest.isEmpty()) {
      return false;
    }
    boolean alone = query.all().size() == 1;
    if (alone && fewest.stream().anyMatch(range -> isTooMany(range, limit - found.size()))) {
      return false;
    }
    Set<MemoryFeed.Place> seen = new HashSet<>();
    for (TermRange range : fewest) {
      for (Set<MemoryFeed.Place> same : within(range).values()) {
        for (MemoryFeed.Place place : same) {
          if (seen.add(place) && (alone || query.matches(place.document().content.terms()))) {
            if (found.size() == limit) {
              return false;
            }
            found.add(place);
          }
        }
      }
    }
    return true;
  }

  private boolean isTooMany(TermRange range, int room) {
    return range.isOneTerm() && places.getOrDefault(range.from(), Set.of()).size() > room;
  }

  /** How many terms there are in {@code ranges}; nothing is counted beyond {@code most}. */
  private int count(List<TermRange> ranges, int most) {
    int size = 0;
    for (TermRange range : ranges) {
      for (Set<MemoryFeed.Place> same : within(range).values()) {
        size += same.size();
        if (size > most) {
          return size;
        }
      }
    }
    return size;
  }

  private SortedMap<String, Set<MemoryFeed.Place>> within(TermRange range) {
    return places.subMap(range.from(), range.to());
  }
}
