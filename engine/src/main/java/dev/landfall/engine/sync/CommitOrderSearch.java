package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.search.SearchCursor.Place;
import dev.landfall.engine.sync.SearchHits.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page of results in commit order. What changes while a client goes from page to page moves to
 * the end of the feeds; so each page first looks at what has come there since the page before, and
 * gives at once what was not given at its earlier place. Whoever matches all the time is given once.
 * A document of somebody else that changes meanwhile may be given again: when it was shared is not
 * kept, so that its earlier place may not be known. For one thread, once.
 */
final class CommitOrderSearch {
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private final ApplicationStore store;
  private final SearchedFeeds feeds;
  private final SearchHits hits;
  private final int limit;
  private final List<Hit> results = new ArrayList<>();
  private long bytes;
  private HybridTimestamp passed;
  private final HybridTimestamp end;
  private HybridTimestamp seen;

  CommitOrderSearch(
      ApplicationStore store, SearchedFeeds feeds, SearchHits hits, int limit, Place from) {
    this.store = store;
    this.feeds = feeds;
    this.hits = hits;
    this.limit = limit;
    this.passed = from.passed();
    this.end = from.end();
    this.seen = from.seen();
  }

  /** The place behind the page; empty if nothing is left. */
  Optional<Place> run() {
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece piece = feeds.read(passed, end);
      Set<DocumentId> moved = new HashSet<>();
      if (!lookBehind(moved) || !giveFrom(piece, moved)) {
        return Optional.of(new Place(passed, end, seen));
      }
      more = piece.more();
    }
    return Optional.empty();
  }

  /** What was found, in the order of the places. */
  List<Hit> results() {
    results.sort(Comparator.comparing(Hit::position));
    return results;
  }

  /** Gives what has moved before it could be given; false if the page is full. */
  private boolean lookBehind(Set<DocumentId> moved) {
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece tail = feeds.read(seen, Pull.NO_END);
      List<Hit> found = hits.of(tail);
      Map<DocumentId, StoredDocument> stored =
          found.isEmpty()
              ? Map.of()
              : store.find(found.stream().map(Hit::id).collect(Collectors.toSet()));
      HybridTimestamp before = seen;
      for (Hit hit : found) {
        if (!isGiven(hit, stored.get(hit.id()), before)) {
          if (!give(hit)) {
            return false;
          }
          moved.add(hit.id());
        }
        seen = hit.position();
      }
      seen = HybridTimestamp.later(seen, tail.last());
      more = tail.more();
    }
    return true;
  }

  /**
   * Whether a document that has changed after {@code moment} has been given where it stood then.
   */
  private boolean isGiven(Hit hit, @Nullable StoredDocument stored, HybridTimestamp moment) {
    if (stored == null) {
      return false;
    }
    Document document = StoredForm.decode(stored);
    HybridTimestamp place =
        Versions.revisionAt(document, new History(stored.history()), moment)
            .orElse(HybridTimestamp.ZERO);
    if (place.isZero()) {
      return false;
    }
    if (hit.isOwn()) {
      return place.isAfter(end) || !place.isAfter(passed);
    }
    boolean sharedSince = !hit.position().equals(document.revision());
    return place.isAfter(end) && !sharedSince;
  }

  /** Gives what is at its place; false if the page is full. */
  private boolean giveFrom(SearchedFeeds.Piece piece, Set<DocumentId> moved) {
    for (Hit hit : hits.of(piece)) {
      if (!moved.contains(hit.id())) {
        if (!give(hit)) {
          return false;
        }
        passed = hit.position();
      }
    }
    passed = piece.more() ? piece.last() : end;
    return true;
  }

  private boolean give(Hit hit) {
    if (results.size() >= limit || (bytes > 0 && bytes + hit.wire().length() > MAX_BYTES)) {
      return false;
    }
    results.add(hit);
    bytes += hit.wire().length();
    return true;
  }
}
