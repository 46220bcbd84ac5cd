package dev.landfall.store.memory;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through places in their order until a piece is full. Places of other terms are passed in
 * the same order, in growing steps. For one search in one feed.
 */
final class TermSearch {
  /** How many places are looked at while writers wait. */
  private static final int MAX_STEPS = 20_000;

  private final List<Postings> ordered;
  private final List<List<TermRange>> others;
  private final HybridTimestamp upTo;
  private final int limit;
  private final int[] at;
  private final List<FeedEntry> found = new ArrayList<>();
  private HybridTimestamp passed = HybridTimestamp.ZERO;
  private int steps;

  /**
   * A search.
   *
   * @param ordered in all of these a place has to be
   * @param others of each of these its document has to have a term
   */
  TermSearch(
      List<Postings> ordered, List<List<TermRange>> others, HybridTimestamp upTo, int limit) {
    this.ordered = ordered;
    this.others = others;
    this.upTo = upTo;
    this.limit = limit;
    this.at = new int[ordered.size()];
  }

  /** What there is among {@code places}. */
  FoundPage through(Postings places, HybridTimestamp after) {
    passed = after;
    for (int i = places.firstAfter(after); i < places.size(); ) {
      MemoryFeed.Place place = places.get(i);
      if (place.position().isAfter(upTo)) {
        break;
      }
      if (isFull(place)) {
        return new FoundPage(found, passed, true);
      }
      MemoryFeed.Place next = next(place);
      if (next == null) {
        break;
      }
      if (next == place) {
        look(place);
        i++;
      } else {
        i = places.seek(i, next);
      }
    }
    return FoundPage.all(found);
  }

  /** What there is among all places of {@code feed}. */
  FoundPage through(MemoryFeed feed, HybridTimestamp after) {
    passed = after;
    for (int i = feed.first(after, upTo); i >= 0; i = feed.next(i, upTo)) {
      MemoryFeed.Place place = feed.place(i);
      if (isFull(place)) {
        return new FoundPage(found, passed, true);
      }
      if (!place.isRevocation()) {
        look(place);
      }
    }
    return FoundPage.all(found);
  }

  /** Whether the piece ends before {@code place}: places of the same position stay together. */
  private boolean isFull(MemoryFeed.Place place) {
    boolean full = found.size() >= limit || steps >= MAX_STEPS;
    if (full && !place.position().equals(passed)) {
      return true;
    }
    steps++;
    passed = place.position();
    return false;
  }

  /** {@code place} if it stands in all lists, else where one goes on; null at the end of one. */
  private MemoryFeed.@org.jspecify.annotations.Nullable Place next(MemoryFeed.Place place) {
    for (int i = 0; i < at.length; i++) {
      Postings list = ordered.get(i);
      at[i] = list.seek(at[i], place);
      if (at[i] == list.size()) {
        return null;
      }
      if (list.get(at[i]) != place) {
        return list.get(at[i]);
      }
    }
    return place;
  }

  private void look(MemoryFeed.Place place) {
    Terms terms = place.document().content.terms();
    for (List<TermRange> any : others) {
      if (any.stream().noneMatch(terms::anyIn)) {
        return;
      }
    }
    found.add(place.entry());
  }
}
