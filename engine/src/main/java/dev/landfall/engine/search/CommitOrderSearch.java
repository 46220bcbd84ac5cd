package dev.landfall.engine.search;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.history.Versions;
import dev.landfall.engine.query.SearchCursor.Place;
import dev.landfall.engine.search.SearchHits.Hit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A page of results in commit order: in the order that the documents had when the first page was
 * made. A document that has changed since has moved to the end of the feeds, but keeps its turn,
 * which its history tells; so whoever matches all the time is given once, whatever is written
 * meanwhile, and a document that is new since then is not given. Where the history does not reach
 * back so far, and where a document of somebody else has changed that may have been shared with the
 * caller after it was given its turn, it is given at the end, perhaps again. For one thread, once.
 */
final class CommitOrderSearch {
  private final ApplicationStore store;
  private final SearchedFeeds feeds;
  private final SearchHits hits;
  private final FirstHits<HybridTimestamp> first;
  private final HybridTimestamp passed;
  private final HybridTimestamp moment;

  CommitOrderSearch(
      ApplicationStore store, SearchedFeeds feeds, SearchHits hits, int limit, Place from) {
    this.store = store;
    this.feeds = feeds;
    this.hits = hits;
    this.first = new FirstHits<>(HybridTimestamp::compareTo, limit);
    this.passed = from.passed();
    this.moment = from.moment();
  }

  FirstHits<HybridTimestamp> run() {
    HybridTimestamp position = passed;
    boolean more = moment.isAfter(passed);
    while (more && !first.isFull()) {
      SearchedFeeds.Piece piece = feeds.read(position, moment);
      hits.of(piece).forEach(hit -> first.put(hit.position(), hit));
      position = piece.last();
      more = piece.more();
    }
    if (store.tip().clock().isAfter(moment)) {
      lookAtTheEnd(); // afterwards, so that what moves while this goes on is not missed
    }
    return first;
  }

  private void lookAtTheEnd() {
    HybridTimestamp position = moment;
    boolean more = true;
    while (more) {
      SearchedFeeds.Piece piece = feeds.read(position, Feed.NO_END);
      List<Hit> changed = hits.of(piece).stream().filter(hit -> !first.has(hit.id())).toList();
      if (!changed.isEmpty()) {
        Map<DocumentId, StoredDocument> stored =
            store.find(changed.stream().map(Hit::id).collect(Collectors.toSet()));
        for (Hit hit : changed) {
          Optional.ofNullable(stored.get(hit.id()))
              .flatMap(document -> turn(hit, document))
              .filter(turn -> turn.isAfter(passed))
              .ifPresent(turn -> first.put(turn, hit));
        }
      }
      position = piece.last();
      more = piece.more();
    }
  }

  /** When it is the turn of a document that has changed since the first page; empty if never. */
  private Optional<HybridTimestamp> turn(Hit hit, StoredDocument stored) {
    Document document = StoredForm.decode(stored);
    Optional<HybridTimestamp> then =
        Versions.revisionAt(document, new History(stored.history()), moment);
    if (then.isEmpty()) {
      return Optional.of(hit.position());
    }
    if (then.get().isZero()) {
      return Optional.empty();
    }
    return hit.isOwn() || then.get().isAfter(passed) ? then : Optional.of(hit.position());
  }
}
