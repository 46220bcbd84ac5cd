package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.TermQuery;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.search.Projection;
import dev.landfall.engine.search.SearchCursor;
import dev.landfall.engine.search.SearchRequest;
import dev.landfall.engine.search.SortPosition;
import dev.landfall.engine.sync.SearchHits.Hit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One search: of what a pull from zero would show the caller, what a filter and a text find. An
 * index only ever says where to look; whether a document is found is decided by looking at it. For
 * one thread, once.
 */
final class Search {
  /** With more candidates than this, everything is looked at. */
  private static final int MAX_CANDIDATES = 4_000;

  private final ApplicationStore store;
  private final Caller caller;
  private final SearchRequest request;
  private final String scope;
  private final String query;
  private final SearchHits hits;
  private final Optional<TermQuery> terms;
  private final Walks walks;

  /**
   * A search.
   *
   * @param terms by what an index finds candidates; empty if there is none for this
   */
  Search(
      ApplicationStore store,
      Caller caller,
      SearchRequest request,
      Optional<TermQuery> terms,
      Walks walks) {
    this.store = store;
    this.caller = caller;
    this.request = request;
    this.scope = ServerNode.scope(caller.owner(), request.collection());
    this.query =
        request.fingerprint(
            caller.application().value()
                + " "
                + caller.user().text()
                + " "
                + caller.owner().text());
    this.hits = new SearchHits(store, caller, request);
    this.terms = terms;
    this.walks = walks;
  }

  /**
   * The page that is asked for.
   *
   * @throws SyncException if the cursor is none of this search, or too many others walk already
   */
  SearchPage page() {
    return request.sort().isEmpty() ? inCommitOrder() : sorted();
  }

  private SearchPage inCommitOrder() {
    HybridTimestamp now = handOut(store.tip().clock());
    SearchCursor.Place from =
        request
            .after()
            .map(text -> read(() -> SearchCursor.place(text, query)))
            .orElseGet(() -> new SearchCursor.Place(HybridTimestamp.ZERO, now));
    return look(
        feeds -> {
          FirstHits<HybridTimestamp> first =
              new CommitOrderSearch(store, feeds, hits, request.limit(), from).run();
          return page(
              first.hits(),
              first
                  .last()
                  .map(last -> new SearchCursor.Place(handOut(last), from.moment()))
                  .map(place -> SearchCursor.of(query, place)));
        });
  }

  /** Nobody is told the scopes of others. */
  private HybridTimestamp handOut(HybridTimestamp clock) {
    return ServerNode.handOut(clock, scope);
  }

  private SearchPage sorted() {
    int keys = request.sort().size();
    Optional<SortPosition> from =
        request
            .after()
            .map(
                text -> read(() -> SearchCursor.position(text, query, request.collection(), keys)));
    return look(
        feeds -> {
          FirstHits<SortPosition> first =
              new SortedSearch(feeds, hits, request.sort(), request.limit(), from).run();
          return page(first.hits(), first.last().map(last -> SearchCursor.of(query, last)));
        });
  }

  private static <T> T read(Supplier<T> cursor) {
    try {
      return cursor.get();
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("after", String.valueOf(e.getMessage()));
    }
  }

  private SearchPage look(Function<SearchedFeeds, SearchPage> work) {
    Set<Feed> feeds = caller.searchedFeeds(request.collection());
    Optional<List<FeedEntry>> candidates =
        terms.flatMap(query -> store.search(feeds, query, MAX_CANDIDATES));
    return candidates.isPresent()
        ? work.apply(new IndexedFeeds(store, caller, candidates.get()))
        : walks.walk(() -> work.apply(new WalkedFeeds(store, feeds)));
  }

  private SearchPage page(List<Hit> results, Optional<String> after) {
    return new SearchPage(results.stream().map(this::form).toList(), after);
  }

  private Bytes form(Hit hit) {
    Optional<Projection> projection = request.projection();
    if (projection.isEmpty()) {
      return hit.isOwn() ? hit.wire() : WireForm.withOwner(hit.wire(), hit.id().owner());
    }
    JsonObject projected = projection.get().of(hit.delivered());
    Bytes wire = JsonText.bytes(projected);
    return hit.isOwn() ? wire : WireForm.withOwner(wire, hit.id().owner());
  }
}
