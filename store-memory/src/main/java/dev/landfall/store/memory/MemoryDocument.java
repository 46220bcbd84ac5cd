package dev.landfall.store.memory;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.StoredDocument;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A document and where it stands in feeds. Guarded by the lock of its application. */
final class MemoryDocument {
  private static final MemoryFeed.Place[] NOWHERE = {};

  /** Tells documents apart whose revisions are equal. */
  final long serial;

  /** Where it stands, each feed at most once. */
  MemoryFeed.Place[] places = NOWHERE;

  StoredDocument content;

  MemoryDocument(long serial, StoredDocument content) {
    this.serial = serial;
    this.content = content;
  }

  MemoryFeed.@Nullable Place placeIn(MemoryFeed feed) {
    for (MemoryFeed.Place place : places) {
      if (place.feed() == feed) {
        return place;
      }
    }
    return null;
  }

  /** It stands there now, too. */
  void enter(MemoryFeed.Place place) {
    places = Arrays.copyOf(places, places.length + 1);
    places[places.length - 1] = place;
  }

  /** It does not stand there any more. */
  void leave(MemoryFeed.Place place) {
    int at = 0;
    while (places[at] != place) {
      at++;
    }
    MemoryFeed.Place[] others = new MemoryFeed.Place[places.length - 1];
    System.arraycopy(places, 0, others, 0, at);
    System.arraycopy(places, at + 1, others, at, others.length - at);
    places = others.length == 0 ? NOWHERE : others;
  }

  /** Whether it and all its entries are from before {@code time}. */
  boolean isUntouchedSince(HybridTimestamp time) {
    if (!time.isAfter(content.revision())) {
      return false;
    }
    for (MemoryFeed.Place place : places) {
      if (!time.isAfter(place.position())) {
        return false;
      }
    }
    return true;
  }

  /** Whether it or one of its entries is from after {@code time}. */
  boolean isTouchedAfter(HybridTimestamp time) {
    if (content.revision().isAfter(time)) {
      return true;
    }
    for (MemoryFeed.Place place : places) {
      if (place.position().isAfter(time)) {
        return true;
      }
    }
    return false;
  }
}
