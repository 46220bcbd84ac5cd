package dev.landfall.engine.sync;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.Everybody;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.MergeRules;
import dev.landfall.engine.search.IndexedFields;
import dev.landfall.engine.search.SearchRequest;
import dev.landfall.engine.sharing.Sharing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Synchronisation of one application. Safe for concurrent use. */
final class ApplicationSync {
  private static final int MAX_KNOWN_COLLECTIONS = 100_000;
  private static final int WITHDRAW_ITEMS = 500;
  private static final int ERASE_ITEMS = 100;
  private static final int ERASE_ENTRIES = 1_000;

  /** What prevents one may be over after the next commit; the store tries again by itself too. */
  private static final int SCRUBS = 5;

  private static final long WITHDRAW_BYTES = 1024 * 1024;

  private final ApplicationDefinition definition;
  private final ApplicationStore store;
  private final SyncSettings settings;
  private final InstantSource time;
  private final Admission admission;
  private final EngineObserver observer;
  private final Committer committer;
  private final Cursors cursors;
  private final SearchIndex index;
  private final Walks walks;
  private final Set<Feed> knownCollections;

  ApplicationSync(
      ApplicationDefinition definition,
      ApplicationStore store,
      Directory directory,
      SyncSettings settings,
      InstantSource time,
      String epoch,
      Supplier<String> tokens,
      Admission admission,
      Walks walks,
      EngineObserver observer) {
    this.admission = admission;
    this.definition = definition;
    this.store = store;
    this.settings = settings;
    this.time = time;
    this.observer = observer;
    this.committer =
        new Committer(definition, store, epoch, time, tokens, settings.limits().quota(), observer);
    this.cursors = new Cursors(store);
    this.index = new SearchIndex(definition, store, directory, committer);
    this.walks = walks;
    this.knownCollections = ConcurrentHashMap.newKeySet();
  }

  private ApplicationSync(ApplicationSync same, Admission admission) {
    this.admission = admission;
    this.definition = same.definition;
    this.store = same.store;
    this.settings = same.settings;
    this.time = same.time;
    this.observer = same.observer;
    this.committer = same.committer;
    this.cursors = same.cursors;
    this.index = same.index;
    this.walks = same.walks;
    this.knownCollections = same.knownCollections;
  }

  /** The same, with another admission. */
  ApplicationSync admitting(Admission other) {
    return new ApplicationSync(this, other);
  }

  private Caller caller(UserId user, Owner owner) {
    return new Caller(definition.name(), user, owner, settings.deliversPublic(), admission);
  }

  SyncAnswer sync(UserId user, Owner owner, SyncRequest request) {
    Caller caller = caller(user, owner);
    CollectionDefinition collection = definition.collection(request.collection());
    PushValidation.Result checked =
        new PushValidation(settings, collection).check(request, time.millis());
    String scope = ServerNode.scope(owner, request.collection());
    List<Pushed> pushed = push(caller, scope, request, checked.valid(), collection);
    Map<DocumentId, Pushed> byId = new LinkedHashMap<>();
    List<SyncAnswer.KeyedConflict> conflicts = new ArrayList<>();
    List<SyncAnswer.Acknowledgement> acknowledgements = new ArrayList<>();
    List<SyncAnswer.Rejection> rejections = new ArrayList<>(checked.rejected());
    for (Pushed one : pushed) {
      Optional<Owner> other = Optional.of(one.id().owner()).filter(id -> !id.equals(owner));
      if (one.known() || one.refused().isEmpty()) {
        byId.put(one.id(), one);
      }
      one.refused()
          .ifPresent(
              code ->
                  rejections.add(
                      new SyncAnswer.Rejection(one.id().key(), code, refusal(one.id()))));
      for (Conflict conflict : one.conflicts()) {
        conflicts.add(new SyncAnswer.KeyedConflict(one.id().key(), other, conflict));
        observer.conflict(definition.name(), conflict);
      }
    }
    if (request.acks()) {
      for (Pushed one : byId.values()) {
        if (one.sameAsSent()) {
          Optional<Owner> other = Optional.of(one.id().owner()).filter(id -> !id.equals(owner));
          acknowledgements.add(
              new SyncAnswer.Acknowledgement(one.id().key(), other, one.revision()));
        }
      }
    }
    rejections.forEach(one -> observer.rejected(definition.name(), one.code()));
    Pull pull = new Pull(store, caller, scope, cursors, tip(request, pushed), request, byId);
    return new SyncAnswer(conflicts, acknowledgements, rejections, pull, time.millis());
  }

  private static JsonObject refusal(DocumentId id) {
    return JsonObject.builder().put("owner", id.owner().value()).build();
  }

  /**
   * Where the pull ends. The commit of a push has just made the known tip as new as anything this
   * client can have seen; if there was none, the clock of the request tells.
   */
  private Tip tip(SyncRequest request, List<Pushed> pushed) {
    Tip known = pushed.isEmpty() ? store.tip() : store.lastKnownTip();
    return request.clientClock().isAfter(known.clock()) ? store.tip() : known;
  }

  private List<Pushed> push(
      Caller caller,
      String scope,
      SyncRequest request,
      List<Change> changes,
      CollectionDefinition collection) {
    if (changes.isEmpty()) {
      return List.of();
    }
    checkCollections(caller.owner(), request.collection());
    MergeRules rules =
        new MergeRules(
            collection.strategies(),
            document ->
                settings.limits().check(document).isEmpty()
                    && collection.schema().violations(document).isEmpty());
    return committer.submit(
        new Push(caller, request, changes, rules, settings.history(), scope, cursors));
  }

  private void checkCollections(Owner owner, CollectionName collection) {
    Feed feed = new Feed(owner, collection);
    if (knownCollections.contains(feed)) {
      return;
    }
    int max = settings.limits().collections();
    Set<CollectionName> existing = store.collections(owner, max);
    if (!existing.contains(collection) && existing.size() >= max) {
      throw new SyncException(
          SyncProblem.QUOTA, "collection: there are already " + max + " collections");
    }
    if (knownCollections.size() >= MAX_KNOWN_COLLECTIONS) {
      knownCollections.clear();
    }
    if (existing.contains(collection)) {
      knownCollections.add(feed);
    }
  }

  AtomPull atoms(UserId user, Owner owner, CollectionName group, long since, AtomPull.Page page) {
    Caller caller = caller(user, owner);
    LongSupplier end = () -> committer.submit(new EndOfMillisecond());
    return new AtomPull(store, caller, group, since, page, end);
  }

  AtomAnswer writeAtoms(UserId user, Owner owner, List<AtomChange> changes) {
    Caller caller = caller(user, owner);
    if (changes.size() > settings.limits().changes()) {
      throw new SyncException(
          SyncProblem.TOO_LARGE,
          "docs: more than " + settings.limits().changes() + " in one request");
    }
    Map<AtomChange, String> invalid = new IdentityHashMap<>();
    for (AtomChange change : changes) {
      invalid(owner, change).ifPresent(problem -> invalid.put(change, problem));
    }
    AtomAnswer answer =
        committer.submit(new AtomPush(caller, changes, invalid, settings.history()));
    answer.results().stream()
        .flatMap(result -> result.refusal().stream())
        .forEach(refusal -> observer.rejected(definition.name(), refusal.code()));
    return answer;
  }

  /** What limits and schema say against it. */
  private Optional<String> invalid(Owner owner, AtomChange change) {
    if (change.fields().isEmpty()) {
      return Optional.empty();
    }
    JsonObject fields = change.fields().get();
    try {
      checkCollections(owner, change.group());
    } catch (SyncException e) {
      return Optional.of(e.text());
    }
    return settings
        .limits()
        .check(fields)
        .map(Limits.Violation::message)
        .or(
            () ->
                definition.collection(change.group()).schema().violations(fields).stream()
                    .findFirst()
                    .map(violation -> violation.field() + ": " + violation.message()));
  }

  Set<Feed> feeds(UserId user, Owner owner, CollectionName collection) {
    return caller(user, owner).feeds(collection);
  }

  long lastCommit() {
    return store.tip().number();
  }

  Optional<HybridTimestamp> news(
      UserId user, Owner owner, CollectionName collection, HybridTimestamp since) {
    Tip tip = store.tip();
    HybridTimestamp after = cursors.isOfThisLog(since, tip) ? since : HybridTimestamp.ZERO;
    Set<Feed> feeds = caller(user, owner).feeds(collection);
    boolean news = !store.feed(feeds, after, Pull.NO_END, 1, 1).items().isEmpty();
    return news
        ? Optional.of(ServerNode.handOut(tip.clock(), ServerNode.scope(owner, collection)))
        : Optional.empty();
  }

  /** Whether a pull with {@code clock} would bring anything. */
  boolean hasNews(UserId user, Owner owner, CollectionName collection, HybridTimestamp clock) {
    Tip tip = store.tip();
    String scope = ServerNode.scope(owner, collection);
    SyncRequest pull = SyncRequest.pull(collection, clock);
    return !new Pull(store, caller(user, owner), scope, cursors, tip, pull, Map.of()).isEmpty();
  }

  VersionPage history(
      UserId user, Owner owner, DocumentId id, Optional<HybridTimestamp> before, int limit) {
    StoredDocument stored = readable(caller(user, owner), id);
    return Versions.list(StoredForm.decode(stored), new History(stored.history()), before, limit);
  }

  private StoredDocument readable(Caller caller, DocumentId id) {
    StoredDocument stored = store.find(Set.of(id)).get(id);
    if (stored == null
        || stored.isErased()
        || !caller.reads(id.owner(), StoredForm.sharing(stored))) {
      throw new SyncException(SyncProblem.NOT_FOUND, "no such document");
    }
    return stored;
  }

  Bytes restore(UserId user, Owner owner, DocumentId id, HybridTimestamp commit) {
    Caller caller = caller(user, owner);
    Document restored = committer.submit(new Restore(caller, id, commit, settings.history()));
    Bytes wire = WireForm.of(restored);
    return id.owner().equals(owner) ? wire : WireForm.withOwner(wire, id.owner());
  }

  /** Makes sure that what was decided before this is committed before this or not at all. */
  void fence() {
    committer.submit(new Fence());
  }

  /** The documents of that key, deleted ones too. */
  List<Document> indexed(Owner owner, DocumentKey key, Optional<CollectionName> collection) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    Set<CollectionName> collections =
        collection
            .map(Set::of)
            .orElseGet(() -> store.collections(owner, settings.limits().collections()));
    collections.stream()
        .sorted(Comparator.comparing(CollectionName::value)) // stores have them in any order
        .forEach(name -> ids.add(new DocumentId(owner, name, key)));
    Map<DocumentId, StoredDocument> stored = store.find(ids);
    List<Document> found = new ArrayList<>();
    for (DocumentId id : ids) {
      Optional.ofNullable(stored.get(id))
          .map(StoredForm::decode)
          .filter(document -> !document.isDeletionOfUnknown())
          .ifPresent(found::add);
    }
    return found;
  }

  Document share(UserId user, Owner owner, DocumentId id, UnaryOperator<Sharing> change) {
    Set<Feed> everybody = Set.of(new Feed(Everybody.EVERYBODY, id.collection()));
    LongSupplier published = () -> store.count(everybody, HybridTimestamp.ZERO, Pull.NO_END);
    return committer.submit(new ShareChange(caller(user, owner), id, change, published));
  }

  /**
   * Takes {@code organisation} the documents that {@code creator}, who has left it, let its members
   * read.
   */
  void withdraw(UserId creator, OrganisationId organisation) {
    for (CollectionName collection : store.collections(creator, settings.limits().collections())) {
      Set<Feed> feed = Set.of(new Feed(organisation, collection));
      HybridTimestamp position = HybridTimestamp.ZERO;
      boolean more = true;
      while (more) {
        FeedPage page = store.feed(feed, position, Pull.NO_END, WITHDRAW_ITEMS, WITHDRAW_BYTES);
        Set<DocumentId> ids = new LinkedHashSet<>();
        for (FeedItem item : page.items()) {
          position = item.entry().position();
          boolean shown = item.entry().kind() == FeedEntry.Kind.CHANGED;
          if (shown && item.entry().document().owner().equals(creator)) {
            ids.add(item.entry().document());
          }
        }
        if (!ids.isEmpty()) {
          committer.submit(new Withdrawal(ids, organisation));
        }
        more = page.more();
      }
    }
  }

  /**
   * Takes away everything there is of an owner who is gone: the documents, what others are told of
   * them, and the owner's name in the documents of others.
   *
   * @param still fails if the owner is there again; asked inside each commit
   */
  void erase(Owner owner, Runnable still) {
    inPieces(
        after -> store.owned(owner, after, ERASE_ITEMS),
        ids -> committer.submit(new Erasure(ids, still)));
    String name = '"' + owner.value() + '"';
    inPieces(
        after -> store.mentioning(name, after, ERASE_ITEMS),
        ids -> committer.submit(new Forgetting(ids, owner, still)));
    Tip end = store.tip();
    int removed;
    do {
      still.run();
      removed = store.erase(owner, end.clock(), ERASE_ENTRIES);
    } while (removed == ERASE_ENTRIES);
    knownCollections.removeIf(feed -> feed.reader().equals(owner));
    for (int attempt = 0; attempt < SCRUBS && !store.scrub(end.number()); attempt++) {
      fence();
    }
  }

  private static void inPieces(
      Function<Optional<DocumentId>, List<DocumentId>> list, Consumer<List<DocumentId>> work) {
    List<DocumentId> ids = list.apply(Optional.empty());
    while (!ids.isEmpty()) {
      work.accept(ids);
      ids = list.apply(Optional.of(ids.get(ids.size() - 1)));
    }
  }

  /** What a share link shows: the document, if {@code hash} is that of its valid link. */
  Optional<Document> linked(DocumentId id, String hash) {
    return Optional.ofNullable(store.find(Set.of(id)).get(id))
        .filter(stored -> !stored.deleted())
        .map(StoredForm::decode)
        .filter(
            document ->
                document
                    .index()
                    .sharing()
                    .link()
                    .filter(link -> link.hash().equals(hash) && link.isValidAt(time.millis()))
                    .isPresent());
  }

  /**
   * An import.
   *
   * @param right is asked inside each commit, too
   */
  Importing importing(UserId user, Owner owner, Admission right) {
    Admission both =
        (somebody, whose) -> {
          admission.check(somebody, whose);
          right.check(somebody, whose);
        };
    Caller caller = new Caller(definition.name(), user, owner, settings.deliversPublic(), both);
    return new Importing(definition, store, settings, committer, caller);
  }

  SearchPage search(UserId user, Owner owner, SearchRequest request) {
    Optional<IndexedFields> indexes =
        index.isComplete()
            ? Optional.of(definition.collection(request.collection()).indexes())
            : Optional.empty();
    Effort effort = new Effort(walks, user.value(), time, settings.searchTime());
    return new Search(store, caller(user, owner), request, indexes, effort).page();
  }

  /** Makes sure that searches can use the index for all documents. */
  void completeIndex() {
    index.complete();
  }

  /** Forgets old tombstones; how many. */
  int purge(int limit) {
    long before = time.millis() - settings.tombstoneRetention().toMillis();
    return before <= 0 ? 0 : store.purge(new HybridTimestamp(before, 0, "0"), limit);
  }
}
