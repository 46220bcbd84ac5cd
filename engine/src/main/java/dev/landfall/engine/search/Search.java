package dev.landfall.engine.search;

import dev.landfall.api.Bytes;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.json.JsonText;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.TermQuery;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.query.FieldOrder;
import dev.landfall.engine.query.Projection;
import dev.landfall.engine.query.SearchCursor;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.query.SortPosition;
import dev.landfall.engine.search.SearchHits.Hit;
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
public final class Search {
  private final ApplicationStore store;
  private final Caller caller;
  private final SearchRequest request;
  private final String scope;
  private final String query;
  private final SearchHits hits;
  private final Set<Feed> feeds;
  private final Optional<IndexedFields> indexes;
  private final Optional<TermQuery> terms;
  private final ScanBudget budget;

  /**
   * A search.
   *
   * @param indexes what documents are found by; empty while there is no index of all of them
   * @param effort what it may cost
   */
  public Search(
      ApplicationStore store,
      Caller caller,
      SearchRequest request,
      Optional<IndexedFields> indexes,
      ScanBudget budget) {
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
    this.feeds = caller.searchedFeeds(request.collection());
    this.indexes = indexes;
    this.terms = indexes.flatMap(known -> request.plan(known).query());
    this.hits = new SearchHits(store, caller, request, budget);
    this.budget = budget;
  }

  /**
   * The page that is asked for.
   *
   * @throws SyncException if the cursor is none of this search, too many others scan already, or it
   *     takes too long
   */
  public SearchPage page() {
    return request.sort().isEmpty() ? inCommitOrder() : sorted();
  }

  private SearchPage inCommitOrder() {
    HybridTimestamp now = toCursor(store.tip().clock());
    SearchCursor.Place from =
        request
            .after()
            .map(text -> read(() -> SearchCursor.place(text, query)))
            .orElseGet(() -> new SearchCursor.Place(HybridTimestamp.ZERO, now));
    return look(
        looked -> {
          FirstHits<HybridTimestamp> first =
              new CommitOrderSearch(store, looked, hits, request.limit(), from).run();
          return page(
              first.hits(),
              first
                  .last()
                  .map(last -> new SearchCursor.Place(toCursor(last), from.moment()))
                  .map(place -> SearchCursor.of(query, place)));
        });
  }

  /** Nobody is told the scopes of others. */
  private HybridTimestamp toCursor(HybridTimestamp clock) {
    return ServerNode.toCursor(clock, scope);
  }

  private SearchPage sorted() {
    int keys = request.sort().size();
    Optional<SortPosition> from =
        request
            .after()
            .map(
                text -> read(() -> SearchCursor.position(text, query, request.collection(), keys)));
    SortedSearch search = new SortedSearch(hits, request.sort(), request.limit(), from);
    Optional<FieldOrder> order =
        indexes.flatMap(known -> FieldOrder.of(known, request.sort(), from, terms));
    if (order.isPresent()) {
      new FieldOrderSearch(store, feeds, this::indexed, search, request.limit(), terms)
          .run(order.get());
      return page(search);
    }
    return look(
        looked -> {
          search.look(looked, HybridTimestamp.ZERO);
          return page(search);
        });
  }

  private SearchPage page(SortedSearch search) {
    FirstHits<SortPosition> first = search.first();
    return page(first.hits(), first.last().map(last -> SearchCursor.of(query, last)));
  }

  private static <T> T read(Supplier<T> cursor) {
    try {
      return cursor.get();
    } catch (IllegalArgumentException e) {
      throw SyncException.badRequest("after", String.valueOf(e.getMessage()));
    }
  }

  private SearchPage look(Function<SearchedFeeds, SearchPage> work) {
    return terms.isPresent()
        ? work.apply(indexed(terms.get(), request.limit()))
        : budget.scan(() -> work.apply(new ScannedFeeds(store, feeds)));
  }

  private IndexedFeeds indexed(TermQuery asked, int wanted) {
    return new IndexedFeeds(store, caller, feeds, asked, budget, wanted);
  }

  private SearchPage page(List<Hit> results, Optional<String> after) {
    return new SearchPage(results.stream().map(this::form).toList(), after);
  }

  private Bytes form(Hit hit) {
    Optional<Projection> projection = request.projection();
    if (projection.isEmpty()) {
      return hit.isOwn() ? hit.wire() : WireForm.withOwner(hit.wire(), hit.id().owner());
    }
    JsonObject projected = projection.get().of(StoredForm.delivered(hit.wire()));
    Bytes wire = JsonText.bytes(projected);
    return hit.isOwn() ? wire : WireForm.withOwner(wire, hit.id().owner());
  }
}
