package dev.landfall.store.memory;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The places of one feed by the terms of their documents. It is built some places at a time, so
 * that a large feed does not stop the writers; from the beginning on it is kept up to date. Guarded
 * by the lock of its application.
 */
final class TermIndex {
  /** How many places and terms are taken in while others wait. */
  private static final int CHUNK = 5_000;

  /** So many places are put in order at most; of more the feed is looked through. */
  private static final int MANY = 4_000;

  /** To put a place in order takes as long as to look at so many that are in order. */
  private static final int SORTED_PLACE = 2;

  private final NavigableMap<String, Postings> places = new TreeMap<>();

  /** Those that stood here when this began, and may still have to be taken in. */
  private final Queue<MemoryFeed.Place> waiting;

  private final MemoryFeed feed;
  private final HeapBudget budget;

  TermIndex(MemoryFeed feed, List<MemoryFeed.Place> all, HeapBudget budget) {
    this.feed = feed;
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
      places.computeIfAbsent(term, unused -> new Postings()).add(place);
    }
    budget.count(HeapBudget.indexed(terms));
  }

  private void remove(MemoryFeed.Place place, Terms terms) {
    for (String term : terms.values()) {
      places.computeIfPresent(
          term,
          (unused, all) -> {
            all.remove(place);
            return all.size() == 0 ? null : all;
          });
    }
    budget.count(-HeapBudget.indexed(terms));
  }

  /** A piece of what {@code query} finds. */
  FoundPage search(TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
    if (feed.first(after, upTo) < 0) {
      return FoundPage.all(List.of());
    }
    List<Postings> ordered = new ArrayList<>();
    List<List<TermRange>> others = new ArrayList<>();
    Postings fewest = null;
    List<TermRange> scattered = List.of();
    int least = MANY + 1;
    for (List<TermRange> element : query.all()) {
      List<Postings> lists = lists(element);
      if (lists.isEmpty()) {
        return FoundPage.all(List.of());
      }
      if (lists.size() == 1) {
        ordered.add(lists.get(0));
        fewest = smaller(fewest, lists.get(0));
      } else {
        others.add(element);
        int size = lists.size() > MANY ? MANY + 1 : size(lists);
        if (size < least) {
          least = size;
          scattered = element;
        }
      }
    }
    boolean collects =
        least <= MANY && (fewest == null || (long) least * SORTED_PLACE < fewest.size());
    if (collects) {
      others.remove(scattered);
      fewest = Postings.of(places(lists(scattered)));
    }
    TermSearch search = new TermSearch(ordered, others, upTo, limit);
    return fewest == null ? search.through(feed, after) : search.through(fewest, after);
  }

  private static Postings smaller(@Nullable Postings one, Postings other) {
    return one == null || other.size() < one.size() ? other : one;
  }

  /** The places of the terms in {@code ranges}, no more lists than are worth looking at. */
  private List<Postings> lists(List<TermRange> ranges) {
    List<Postings> lists = new ArrayList<>();
    for (TermRange range : ranges) {
      if (range.isOneTerm()) {
        Postings same = places.get(range.from());
        if (same != null) {
          lists.add(same);
        }
        continue;
      }
      for (Postings same : within(range).values()) {
        lists.add(same);
        if (lists.size() > MANY) {
          return lists;
        }
      }
    }
    return lists;
  }

  private static int size(List<Postings> lists) {
    int size = 0;
    for (Postings one : lists) {
      size += one.size();
      if (size > MANY) {
        return size;
      }
    }
    return size;
  }

  private static List<MemoryFeed.Place> places(List<Postings> lists) {
    List<MemoryFeed.Place> places = new ArrayList<>();
    for (Postings one : lists) {
      for (int i = 0; i < one.size(); i++) {
        places.add(one.get(i));
      }
    }
    return places;
  }

  /** The term at which a range has about {@code entries} places; empty if it has hardly more. */
  Optional<String> divide(TermRange range, boolean backwards, int entries) {
    NavigableMap<String, Postings> within = within(range);
    int passed = 0;
    String end = "";
    for (Map.Entry<String, Postings> term :
        (backwards ? within.descendingMap() : within).entrySet()) {
      if (passed >= entries) {
        return Optional.of(end);
      }
      passed += term.getValue().size();
      end = term.getKey();
    }
    return passed > 2 * entries ? Optional.of(end) : Optional.empty();
  }

  private NavigableMap<String, Postings> within(TermRange range) {
    return places.subMap(range.from(), true, range.to(), false);
  }
}
