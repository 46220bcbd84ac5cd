package dev.landfall.store.memory;

import dev.landfall.api.HybridTimestamp;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Places of one feed, oldest first: nearly every one is added at the end. Guarded by the lock of
 * its application.
 */
final class Postings {
  private MemoryFeed.@Nullable Place[] places;
  private int size;

  Postings() {
    this.places = new MemoryFeed.@Nullable Place[1];
  }

  /** {@code all}, each once. */
  static Postings of(Collection<MemoryFeed.Place> all) {
    Postings postings = new Postings();
    postings.places = all.toArray(new MemoryFeed.@Nullable Place[0]);
    Arrays.sort(postings.places, 0, all.size(), MemoryFeed.Place.ORDER);
    MemoryFeed.Place last = null;
    for (int i = 0; i < all.size(); i++) {
      MemoryFeed.Place place = postings.places[i];
      if (place != last) {
        postings.places[postings.size++] = place;
        last = place;
      }
    }
    return postings;
  }

  int size() {
    return size;
  }

  MemoryFeed.Place get(int index) {
    MemoryFeed.Place place = places[index];
    if (place == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return place;
  }

  /** Adds a place that is not here. */
  void add(MemoryFeed.Place place) {
    int at = size;
    while (at > 0 && MemoryFeed.Place.ORDER.compare(get(at - 1), place) > 0) {
      at--;
    }
    if (size == places.length) {
      places = Arrays.copyOf(places, size + (size >> 1) + 1);
    }
    System.arraycopy(places, at, places, at + 1, size - at);
    places[at] = place;
    size++;
  }

  /** Lets go of a place, if it is here. */
  void remove(MemoryFeed.Place place) {
    int at = seek(0, place);
    if (at < size && places[at] == place) {
      size--;
      System.arraycopy(places, at + 1, places, at, size - at);
      places[size] = null;
    }
  }

  /** The index of the first place after {@code position}. */
  int firstAfter(HybridTimestamp position) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).position().isAfter(position)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * The index of {@code place}, or of the first one behind it: looked for in growing steps, so that
   * it costs little if it is near {@code from}.
   *
   * @param from where to begin; what stands before is before {@code place}
   */
  int seek(int from, MemoryFeed.Place place) {
    int low = from;
    int high = from;
    for (int step = 1; high < size && isBefore(high, place); step *= 2) {
      low = high + 1;
      high += step;
    }
    high = Math.min(high, size);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, place)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(int index, MemoryFeed.Place place) {
    return MemoryFeed.Place.ORDER.compare(get(index), place) < 0;
  }
}
