package dev.landfall.store.memory;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.Terms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One feed: a table in the order of positions, to whose end nearly every entry is added. An entry
 * that moves on leaves a vacant place, and when half of the places are vacant the table is closed
 * up. Guarded by the lock of its application.
 */
final class MemoryFeed {
  /** The page of a feed in which nothing has ever been entered. */
  static final FeedPage NOTHING = new FeedPage(List.of(), false, HybridTimestamp.ZERO);

  private static final int FEW = 16;

  private final Feed name;
  private @Nullable Place[] places = new @Nullable Place[4];

  /** The entries of documents that are not the reader's own, to be found by key. */
  private final Map<DocumentKey, List<Place>> foreign = new HashMap<>();

  private int used;
  private int vacant;
  private HybridTimestamp horizon = HybridTimestamp.ZERO;
  private FeedPage nothing = NOTHING;

  /** Null until somebody searches here. */
  private @Nullable TermIndex terms;

  MemoryFeed(Feed name) {
    this.name = name;
  }

  /** Enters {@code document}, which has no place here. */
  Place add(FeedEntry entry, MemoryDocument document, long serial) {
    Place place = new Place(entry, document, serial);
    if (used == places.length) {
      places = Arrays.copyOf(places, used + (used >> 1) + 1);
    }
    int at = used++;
    while (at > 0 && place(at - 1).position.isAfter(place.position)) {
      places[at] = places[at - 1];
      at--;
    }
    places[at] = place;
    if (isForeign(document)) {
      foreign.computeIfAbsent(document.content.id().key(), key -> new ArrayList<>(1)).add(place);
    }
    if (terms != null && !place.isRevocation()) {
      terms.add(place);
    }
    return place;
  }

  private boolean isForeign(MemoryDocument document) {
    return !document.content.id().owner().equals(name.reader());
  }

  /** Adds the documents of others under {@code keys} that have not been revoked. */
  void collectForeign(Set<DocumentKey> keys, Set<DocumentId> into) {
    if (foreign.isEmpty()) {
      return;
    }
    for (DocumentKey key : keys) {
      for (Place place : foreign.getOrDefault(key, List.of())) {
        if (!place.isRevocation()) {
          into.add(place.document().content.id());
        }
      }
    }
  }

  /**
   * The index of the first entry after {@code after} and up to {@code upTo}, -1 if there is none.
   */
  int first(HybridTimestamp after, HybridTimestamp upTo) {
    if (used == 0 || !place(used - 1).position.isAfter(after)) {
      return -1;
    }
    int low = 0;
    int high = used - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (place(middle).position.isAfter(after)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return next(low - 1, upTo);
  }

  /**
   * The index of the first entry behind {@code index} and up to {@code upTo}, -1 if there is none.
   */
  int next(int index, HybridTimestamp upTo) {
    for (int i = index + 1; i < used; i++) {
      Place place = place(i);
      if (place.document != null) {
        return place.position.isAfter(upTo) ? -1 : i;
      }
    }
    return -1;
  }

  Place place(int index) {
    Place place = places[index];
    if (place == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return place;
  }

  /** Whether there are no entries. */
  boolean isEmpty() {
    return used == vacant;
  }

  HybridTimestamp horizon() {
    return horizon;
  }

  void raiseHorizon(HybridTimestamp forgotten) {
    if (forgotten.isAfter(horizon)) {
      horizon = forgotten;
      nothing = new FeedPage(List.of(), false, horizon);
    }
  }

  /** The page without items, the same one until the horizon rises. */
  FeedPage nothing() {
    return nothing;
  }

  /** The index of terms, if it is complete. */
  @Nullable TermIndex terms() {
    return terms != null && terms.isComplete() ? terms : null;
  }

  /** Builds some more of the index; without it if there is no room. */
  boolean buildTerms(HeapBudget budget) {
    TermIndex index = terms;
    if (index == null) {
      List<Place> taken = new ArrayList<>(used);
      for (int i = next(-1); i >= 0; i = next(i)) {
        taken.add(place(i));
      }
      index = new TermIndex(this, taken, budget);
      terms = index;
    }
    index.build();
    if (!budget.isFull()) {
      return true;
    }
    for (int i = next(-1); i >= 0; i = next(i)) {
      index.remove(place(i));
    }
    terms = null;
    return false;
  }

  /** The index of the first entry behind {@code index}, -1 if there is none. */
  private int next(int index) {
    int i = index + 1;
    while (i < used && !place(i).isTaken()) {
      i++;
    }
    return i < used ? i : -1;
  }

  private void closeUp() {
    while (used > 0 && place(used - 1).document == null) {
      places[--used] = null;
      vacant--;
    }
    if (vacant > FEW && vacant > used / 2) {
      @Nullable Place[] taken = new @Nullable Place[used - vacant + FEW];
      int kept = 0;
      for (int i = 0; i < used; i++) {
        if (place(i).document != null) {
          taken[kept++] = places[i];
        }
      }
      places = taken;
      used = kept;
      vacant = 0;
    }
  }

  /** An entry of the feed, or what is left of it. */
  final class Place {
    /** Oldest first. */
    static final Comparator<Place> ORDER =
        (a, b) -> {
          int order = a.position.compareTo(b.position);
          return order != 0 ? order : Long.compare(a.serial, b.serial);
        };

    private final long serial;
    private final HybridTimestamp position;
    private final boolean revocation;
    private @Nullable MemoryDocument document;
    private boolean indexed;

    private Place(FeedEntry entry, MemoryDocument document, long serial) {
      this.serial = serial;
      HybridTimestamp revision = document.content.revision();
      this.position = revision.equals(entry.position()) ? revision : entry.position();
      this.revocation = entry.kind() == FeedEntry.Kind.REVOKED;
      this.document = document;
    }

    MemoryFeed feed() {
      return MemoryFeed.this;
    }

    HybridTimestamp position() {
      return position;
    }

    /** Tells apart entries whose positions are equal. */
    long serial() {
      return serial;
    }

    boolean isTaken() {
      return document != null;
    }

    /** Whether it is in the index of terms. */
    boolean isIndexed() {
      return indexed;
    }

    void setIndexed(boolean indexed) {
      this.indexed = indexed;
    }

    /** Notes that the terms of the document are others now. */
    void changeTerms(Terms before, Terms after) {
      if (terms != null) {
        terms.change(this, before, after);
      }
    }

    boolean isRevocation() {
      return revocation;
    }

    MemoryDocument document() {
      MemoryDocument there = document;
      if (there == null) {
        throw new IllegalStateException("the place is vacant");
      }
      return there;
    }

    FeedEntry entry() {
      return new FeedEntry(
          name,
          position,
          document().content.id(),
          revocation ? FeedEntry.Kind.REVOKED : FeedEntry.Kind.CHANGED);
    }

    FeedItem item() {
      var content = document().content;
      return new FeedItem(
          entry(),
          content.revision(),
          content.deleted(),
          revocation ? Bytes.EMPTY : content.wire());
    }

    /** Ends the entry; its content is let go of at once. */
    void vacate() {
      if (terms != null) {
        terms.remove(this);
      }
      MemoryDocument gone = document();
      gone.leave(this);
      if (isForeign(gone)) {
        foreign.computeIfPresent(
            gone.content.id().key(),
            (key, all) -> {
              all.remove(this);
              return all.isEmpty() ? null : all;
            });
      }
      document = null;
      vacant++;
      closeUp();
    }
  }
}
