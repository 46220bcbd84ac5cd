package dev.landfall.store.mongo;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Owner;
import dev.landfall.api.Principal;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import org.bson.Document;

/**
 * An entry of a feed as it is stored.
 *
 * @param position text form of the clock
 * @param number of the commit that wrote it
 * @param bytes how long the wire form was then; it may be different by now
 */
record EntryRow(Place place, String position, long number, FeedEntry.Kind kind, int bytes) {
  static final int CHANGED = 0;
  static final int REVOKED = 1;

  /** What is left of a forgotten entry, so that nobody who comes late can write it again. */
  static final int FORGOTTEN = 2;

  /**
   * Where a document stands once. The order means nothing; it keeps tables fast whose keys have
   * been made to collide.
   */
  record Place(Feed feed, DocumentId document) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int order = document.compareTo(other.document);
      return order != 0 ? order : feed.compareTo(other.feed);
    }
  }

  static boolean isForeign(FeedEntry entry) {
    return !entry.document().owner().equals(entry.feed().reader());
  }

  static int kind(FeedEntry.Kind kind) {
    return kind == FeedEntry.Kind.REVOKED ? REVOKED : CHANGED;
  }

  static FeedEntry.Kind kind(int kind) {
    return kind == REVOKED ? FeedEntry.Kind.REVOKED : FeedEntry.Kind.CHANGED;
  }

  static EntryRow of(Document stored) {
    DocumentId id =
        new DocumentId(
            Owner.parse(stored.getString("owner")),
            new CollectionName(stored.getString("collection")),
            new DocumentKey(stored.getString("key")));
    int kind = stored.get("kind", Number.class).intValue();
    return new EntryRow(
        new Place(feed(stored), id),
        stored.getString("position"),
        stored.get("number", Number.class).longValue(),
        kind(kind),
        stored.get("bytes", Number.class).intValue());
  }

  static Feed feed(Document stored) {
    return new Feed(
        Principal.parse(stored.getString("reader")), new CollectionName(stored.getString("feed")));
  }
}
