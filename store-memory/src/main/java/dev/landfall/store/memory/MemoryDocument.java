package dev.landfall.store.memory;

import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A document and where it stands in feeds. Guarded by the lock of its application. */
final class MemoryDocument {
  /** Tells documents apart whose revisions are equal. */
  final long serial;

  /** Where it stands, each feed at most once. */
  final List<MemoryFeed.Place> places = new ArrayList<>(1);

  StoredDocument content;

  MemoryDocument(long serial, StoredDocument content) {
    this.serial = serial;
    this.content = content;
  }

  MemoryFeed.@Nullable Place placeIn(MemoryFeed feed) {
    for (int i = 0; i < places.size(); i++) {
      MemoryFeed.Place place = places.get(i);
      if (place.feed() == feed) {
        return place;
      }
    }
    return null;
  }

  /** Whether it and all its entries are from before {@code time}. */
  boolean isUntouchedSince(HybridTimestamp time) {
    if (!time.isAfter(content.revision())) {
      return false;
    }
    for (int i = 0; i < places.size(); i++) {
      if (!time.isAfter(places.get(i).position())) {
        return false;
      }
    }
    return true;
  }
}
