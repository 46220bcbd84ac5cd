package dev.landfall.engine;

import dev.landfall.api.Bytes;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
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
import dev.landfall.engine.atom.AtomAnswer;
import dev.landfall.engine.atom.AtomChange;
import dev.landfall.engine.atom.AtomPull;
import dev.landfall.engine.atom.AtomPush;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Admission;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.CollectionDefinition;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.commit.Cursors;
import dev.landfall.engine.commit.EndOfMillisecond;
import dev.landfall.engine.commit.EngineObserver;
import dev.landfall.engine.commit.Fence;
import dev.landfall.engine.commit.Limits;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.Registers;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.history.Restore;
import dev.landfall.engine.history.VersionPage;
import dev.landfall.engine.history.Versions;
import dev.landfall.engine.index.IndexedFields;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.MergeRules;
import dev.landfall.engine.owner.Erasure;
import dev.landfall.engine.owner.Forgetting;
import dev.landfall.engine.owner.Withdrawal;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import dev.landfall.engine.query.SearchRequest;
import dev.landfall.engine.search.Effort;
import dev.landfall.engine.search.Search;
import dev.landfall.engine.search.SearchIndex;
import dev.landfall.engine.search.SearchPage;
import dev.landfall.engine.search.Walks;
import dev.landfall.engine.sharing.EndOfMembership;
import dev.landfall.engine.sharing.Leaving;
import dev.landfall.engine.sharing.Muting;
import dev.landfall.engine.sharing.ShareChange;
import dev.landfall.engine.sharing.SharedPage;
import dev.landfall.engine.sharing.SharingEnd;
import dev.landfall.engine.sharing.SharingGuard;
import dev.landfall.engine.sharing.TakenDown;
import dev.landfall.engine.sync.Change;
import dev.landfall.engine.sync.News;
import dev.landfall.engine.sync.Pull;
import dev.landfall.engine.sync.Push;
import dev.landfall.engine.sync.PushValidation;
import dev.landfall.engine.sync.Pushed;
import dev.landfall.engine.sync.SyncAnswer;
import dev.landfall.engine.sync.SyncRequest;
import dev.landfall.engine.transfer.Importing;
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
import java.util.function.Predicate;
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
        new PushValidation(settings, collection, store).check(request, time.millis());
    String scope = ServerNode.scope(owner, request.collection());
    List<Pushed> pushed = push(caller, scope, request, checked.valid(), collection);
    Map<DocumentId, Pushed> byId = new LinkedHashMap<>();
    List<SyncAnswer.KeyedConflict> conflicts = new ArrayList<>();
    List<SyncAnswer.Acknowledgement> acknowledgements = new ArrayList<>();
    List<SyncAnswer.Rejection> rejections = new ArrayList<>(checked.rejected());
    List<SyncAnswer.Warning> warnings = new ArrayList<>();
    for (Pushed one : pushed) {
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
    return new SyncAnswer(conflicts, acknowledgements, rejections, warnings, pull, time.millis());
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
          SyncProblem.OUT_OF_ROOM,
          "collection: there are already " + max + " collections",
          JsonObject.builder().put("limit", "collections").put("max", max).build());
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
    committer.submit(new Leaving(caller(user, user), places(user, whose, key, collection)));
  }

  /** The documents of that key and owner that a user may read. */
  private Set<DocumentId> places(
      UserId user, String whose, DocumentKey key, Optional<CollectionName> collection) {
    Set<CollectionName> collections = new LinkedHashSet<>(collection.map(Set::of).orElse(Set.of()));
    if (collection.isEmpty()) {
      int max = settings.limits().collections();
      for (Owner owner : List.of(new UserId(whose), new OrganisationId(whose))) {
        collections.addAll(store.collections(owner, max));
      }
    }
    Set<Feed> feeds = new LinkedHashSet<>();
    collections.forEach(name -> feeds.add(new Feed(user, name)));
    if (feeds.isEmpty()) {
      return Set.of();
    }
    Set<DocumentId> places = new LinkedHashSet<>(store.foreign(feeds, Set.of(key)));
    places.removeIf(id -> !id.owner().value().equals(whose));
    return places;
  }

  TakenDown end(DocumentId named, TakenDown what) {
    return committer.submit(new SharingEnd(named, what));
  }

  /** Mutes what {@code giver} has let {@code taker} read. */
  void mute(UserId giver, UserId taker) {
    eachIn(
        Registers.feed(Registers.given(giver, taker)),
        id -> true,
        ids -> committer.submit(new Muting(ids, giver, taker)));
  }

  /** Documents of an organisation that others than its members see, after some position. */
  SharedPage shared(OrganisationId organisation, HybridTimestamp after, int limit) {
    Set<Feed> feed = Set.of(Registers.feed(Registers.shared(organisation)));
    FeedPage page = store.feed(feed, after, Feed.NO_END, limit, WITHDRAW_BYTES);
    Set<DocumentId> ids = new LinkedHashSet<>();
    HybridTimestamp last = after;
    for (FeedItem item : page.items()) {
      last = item.entry().position();
      if (item.entry().kind() == FeedEntry.Kind.CHANGED) {
        ids.add(item.entry().document());
      }
    }
    Map<DocumentId, StoredDocument> stored = ids.isEmpty() ? Map.of() : store.find(ids);
    List<SharedPage.Entry> entries = new ArrayList<>();
    for (DocumentId id : ids) {
      StoredDocument one = stored.get(id);
      if (one != null && !one.isErased()) {
        entries.add(new SharedPage.Entry(id, StoredForm.index(one), one.deleted()));
      }
    }
    return new SharedPage(entries, page.more() ? Optional.of(last) : Optional.empty());
  }

  /**
   * Takes {@code organisation} the documents that {@code former}, who has left it, let its members
   * read; and takes {@code former} what the organisation's documents granted them, and the links
   * that they made.
   */
  void withdraw(UserId former, OrganisationId organisation) {
    for (CollectionName collection : store.collections(former, settings.limits().collections())) {
      eachIn(
          new Feed(organisation, collection),
          id -> id.owner().equals(former),
          ids -> committer.submit(new Withdrawal(ids, organisation)));
    }
    eachIn(
        Registers.feed(Registers.shared(organisation)),
        id -> id.owner().equals(organisation),
        ids -> committer.submit(new EndOfMembership(ids, former)));
  }

  /** Does something with the documents in a feed, some at a time. */
  private void eachIn(Feed feed, Predicate<DocumentId> wanted, Consumer<Set<DocumentId>> work) {
    HybridTimestamp position = HybridTimestamp.ZERO;
    HybridTimestamp end = store.tip().clock();
    boolean more = true;
    while (more) {
      FeedPage page = store.feed(Set.of(feed), position, end, WITHDRAW_ITEMS, WITHDRAW_BYTES);
      Set<DocumentId> ids = new LinkedHashSet<>();
      for (FeedItem item : page.items()) {
        position = item.entry().position();
        boolean there = item.entry().kind() == FeedEntry.Kind.CHANGED;
        if (there && wanted.test(item.entry().document())) {
          ids.add(item.entry().document());
        }
      }
      if (!ids.isEmpty()) {
        work.accept(ids);
      }
      more = page.more();
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
  Importing importing(UserId user, Owner owner, Admission right, SharingGuard guard) {
    Admission both =
        (somebody, whose) -> {
          admission.check(somebody, whose);
          right.check(somebody, whose);
        };
    Caller caller = new Caller(definition.name(), user, owner, settings.deliversPublic(), both);
    return new Importing(definition, store, settings, committer, caller, guard);
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
