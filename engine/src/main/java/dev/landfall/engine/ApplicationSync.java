package dev.landfall.engine;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.atom.AtomPush;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Acceptance;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.CollectionLimit;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.commit.Cursors;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Fence;
import dev.landfall.engine.commit.MillisecondBarrier;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.history.Restore;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.history.Versions;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.MergeRules;
import dev.landfall.engine.owner.OwnerErasure;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.FullScans;
import dev.landfall.engine.search.ScanBudget;
import dev.landfall.engine.search.Search;
import dev.landfall.engine.search.SearchIndex;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.sharing.AddressRemoval;
import dev.landfall.engine.sharing.Claim;
import dev.landfall.engine.sharing.Leaving;
import dev.landfall.engine.sharing.LinkExpiry;
import dev.landfall.engine.sharing.Redemption;
import dev.landfall.engine.sharing.ShareChange;
import dev.landfall.engine.sharing.SharingEnd;
import dev.landfall.engine.sharing.SharingFeeds;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.TakenDown;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.FeedFollowers;
import dev.landfall.engine.sync.News;
import dev.landfall.engine.sync.Pull;
import dev.landfall.engine.sync.Push;
import dev.landfall.engine.sync.PushResult;
import dev.landfall.engine.sync.PushValidation;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.sync.TakenDeletions;
import dev.landfall.engine.transfer.Importing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Synchronisation of one application. Safe for concurrent use. */
final class ApplicationSync {
  private final ApplicationDefinition definition;
  private final ApplicationStore store;
  private final SyncSettings settings;
  private final InstantSource time;
  private final Admission admission;
  private final EngineObserver observer;
  private final Committer committer;
  private final Cursors cursors;
  private final TakenDeletions takenDeletions;
  private final SearchIndex index;
  private final FullScans fullScans;
  private final CollectionLimit collections;

  ApplicationSync(
      ApplicationDefinition definition,
      ApplicationStore store,
      Directory directory,
      SyncSettings settings,
      InstantSource time,
      String epoch,
      Supplier<String> tokens,
      Admission admission,
      FullScans fullScans,
      EngineObserver observer) {
    this.admission = admission;
    this.definition = definition;
    this.store = store;
    this.settings = settings;
    this.time = time;
    this.observer = observer;
    this.committer =
        new Committer(
            definition,
            store,
            epoch,
            time,
            tokens,
            settings.limits().quota(),
            settings.sharing(),
            observer);
    this.cursors = new Cursors(store);
    this.takenDeletions = new TakenDeletions(definition.name(), store, cursors);
    this.index = new SearchIndex(definition, store, directory, committer);
    this.fullScans = fullScans;
    this.collections = new CollectionLimit(store, settings.limits().collections());
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
    this.takenDeletions = same.takenDeletions;
    this.index = same.index;
    this.fullScans = same.fullScans;
    this.collections = same.collections;
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
        new PushValidation(settings, acceptance(collection), store).check(request, time.millis());
    String scope = ServerNode.scope(owner, request.collection());
    List<PushResult> pushed = push(caller, scope, request, checked.valid(), collection);
    Map<DocumentId, PushResult> byId = new LinkedHashMap<>();
    List<SyncAnswer.KeyedConflict> conflicts = new ArrayList<>();
    List<SyncAnswer.Acknowledgement> acknowledgements = new ArrayList<>();
    List<SyncAnswer.Rejection> rejections = new ArrayList<>(checked.rejected());
    List<SyncAnswer.Warning> warnings = new ArrayList<>();
    for (PushResult one : pushed) {
      warnings.addAll(one.warnings());
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
      for (PushResult one : byId.values()) {
        if (one.sameAsSent()) {
          Optional<Owner> other = Optional.of(one.id().owner()).filter(id -> !id.equals(owner));
          acknowledgements.add(
              new SyncAnswer.Acknowledgement(one.id().key(), other, one.revision()));
        }
      }
    }
    rejections.forEach(one -> observer.rejected(definition.name(), one.code()));
    Pull pull = new Pull(store, caller, scope, cursors, tip(request, pushed), request, byId);
    return new SyncAnswer(conflicts, acknowledgements, rejections, warnings, pull, time.millis());
  }

  private static JsonObject refusal(DocumentId id) {
    return JsonObject.builder().put("owner", id.owner().value()).build();
  }

  /**
   * Where the pull ends. The commit of a push has just made the known tip as new as anything this
   * client can have seen; if there was none, the clock of the request tells.
   */
  private Tip tip(SyncRequest request, List<PushResult> pushed) {
    Tip known = pushed.isEmpty() ? store.tip() : store.lastKnownTip();
    return request.clientClock().isAfter(known.clock()) ? store.tip() : known;
  }

  private List<PushResult> push(
      Caller caller,
      String scope,
      SyncRequest request,
      List<Change> changes,
      CollectionDefinition collection) {
    if (changes.isEmpty()) {
      return List.of();
    }
    collections.check(caller.owner(), Set.of(request.collection()), "collection");
    MergeRules rules = new MergeRules(collection.strategies(), acceptance(collection)::accepts);
    return committer.submit(
        new Push(
            caller,
            request,
            changes,
            rules,
            settings.history(),
            scope,
            cursors,
            collection.indexes()));
  }

  private Acceptance acceptance(CollectionDefinition collection) {
    return new Acceptance(settings.limits(), collection.schema());
  }

  AtomPull atoms(UserId user, Owner owner, CollectionName group, long since, AtomPull.Page page) {
    Caller caller = caller(user, owner);
    LongSupplier end = () -> committer.submit(new MillisecondBarrier());
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
    try {
      collections.check(owner, Set.of(change.group()), "collection");
    } catch (SyncException e) {
      return Optional.of(e.text());
    }
    return acceptance(definition.collection(change.group()))
        .problem(change.fields().get())
        .map(SyncException::text);
  }

  Set<Feed> feeds(UserId user, Owner owner, CollectionName collection) {
    return caller(user, owner).feeds(collection);
  }

  boolean isLost(HybridTimestamp clock) {
    return ServerNode.isServer(clock) && !cursors.isOfThisLog(clock, store.tip());
  }

  long lastCommit() {
    return store.tip().number();
  }

  News news(
      UserId user,
      Owner owner,
      Map<CollectionName, HybridTimestamp> told,
      Set<CollectionName> likely) {
    return News.of(store, caller(user, owner), cursors, told, likely);
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
    Caller caller = caller(user, owner);
    StoredDocument stored = readable(caller, id);
    Document document = StoredForm.decode(stored);
    History history = new History(stored.history());
    Optional<HybridTimestamp> since = caller.readsSince(document);
    return since.isPresent()
        ? Versions.list(document, history, before, limit, since.get())
        : Versions.list(document, history, before, limit);
  }

  private StoredDocument readable(Caller caller, DocumentId id) {
    return caller
        .placeOf(store, id)
        .map(place -> store.find(Set.of(place)).get(place))
        .filter(stored -> !stored.isErased())
        .filter(stored -> caller.reads(stored.id().owner(), StoredForm.sharing(stored)))
        .orElseThrow(() -> new SyncException(SyncProblem.NOT_FOUND, "no such document"));
  }

  Bytes restore(UserId user, Owner owner, DocumentId id, HybridTimestamp commit) {
    Caller caller = caller(user, owner);
    Document restored = committer.submit(new Restore(caller, id, commit, settings.history()));
    Bytes wire = WireForm.of(restored);
    Owner whose = restored.id().owner();
    return whose.equals(owner) ? wire : WireForm.withOwner(wire, whose);
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

  Document share(
      UserId user, Owner owner, DocumentId id, SharingGuard guard, UnaryOperator<Sharing> change) {
    return committer.submit(new ShareChange(caller(user, owner), id, guard, change));
  }

  void leave(UserId user, String whose, DocumentKey key, Optional<CollectionName> collection) {
    committer.submit(
        new Leaving(caller(user, user), sharing().places(user, whose, key, collection)));
  }

  long newer(Owner owner, CollectionName collection, HybridTimestamp clock) {
    return store.count(Set.of(new Feed(owner, collection)), clock, Feed.NO_END);
  }

  Document redeem(UserId user, DocumentId id, String hash, SharingGuard guard) {
    return committer.submit(new Redemption(caller(user, user), id, hash, time, guard));
  }

  void expire(DocumentId id, String hash) {
    committer.submit(new LinkExpiry(id, hash, time));
  }

  void claim(UserId user, String address, Collection<DocumentId> ids, SharingGuard guard) {
    committer.submit(new Claim(ids, address, user, admission, guard));
  }

  void forget(String address, Collection<DocumentId> ids) {
    committer.submit(new AddressRemoval(ids, address));
  }

  TakenDown end(DocumentId named, TakenDown what) {
    return committer.submit(new SharingEnd(named, what));
  }

  /** As {@link OwnerErasure#erase}. */
  void erase(Owner owner, Runnable still) {
    new OwnerErasure(store, committer).erase(owner, still);
    collections.forget(owner);
  }

  /** What is found by the feeds of those with whom it is shared. */
  SharingFeeds sharing() {
    return new SharingFeeds(store, committer, settings.limits().collections());
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
  Importing importing(UserId user, Owner owner, Admission right, SharingGuard guard) {
    Admission both =
        (somebody, whose) -> {
          admission.check(somebody, whose);
          right.check(somebody, whose);
        };
    Caller caller = new Caller(definition.name(), user, owner, settings.deliversPublic(), both);
    return new Importing(definition, store, settings, committer, collections, caller, guard);
  }

  SearchPage search(UserId user, Owner owner, SearchRequest request) {
    Optional<IndexedFields> indexes =
        index.isComplete()
            ? Optional.of(definition.collection(request.collection()).indexes())
            : Optional.empty();
    ScanBudget budget = new ScanBudget(fullScans, user.value(), time, settings.searchTime());
    return new Search(store, caller(user, owner), request, indexes, budget).page();
  }

  /** Makes sure that searches can use the index for all documents. */
  void completeIndex() {
    index.complete();
  }

  /** Forgets old tombstones, and those that {@code followers} have taken; how many. */
  int purge(FeedFollowers followers, int limit) {
    int taken = before(settings.history()).map(at -> forget(followers, at, limit)).orElse(0);
    return taken
        + before(settings.tombstoneRetention()).map(at -> store.purge(at, limit)).orElse(0);
  }

  private int forget(FeedFollowers followers, HybridTimestamp before, int limit) {
    return followers == FeedFollowers.UNKNOWN ? 0 : takenDeletions.forget(followers, before, limit);
  }

  private Optional<HybridTimestamp> before(Duration age) {
    long before = time.millis() - age.toMillis();
    return before <= 0 ? Optional.empty() : Optional.of(new HybridTimestamp(before, 0, "0"));
  }
}
