package dev.landfall.engine.sync;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.History;
import dev.landfall.engine.document.StoredForm;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.merge.Conflict;
import dev.landfall.engine.merge.MergeRules;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Synchronisation of one application. Safe for concurrent use. */
final class ApplicationSync {
  private static final int MAX_KNOWN_COLLECTIONS = 100_000;

  private final ApplicationDefinition definition;
  private final ApplicationStore store;
  private final SyncSettings settings;
  private final InstantSource time;
  private final EngineObserver observer;
  private final Committer committer;
  private final Cursors cursors;
  private final Set<Feed> knownCollections = ConcurrentHashMap.newKeySet();

  ApplicationSync(
      ApplicationDefinition definition,
      ApplicationStore store,
      SyncSettings settings,
      InstantSource time,
      String epoch,
      Supplier<String> tokens,
      EngineObserver observer) {
    this.definition = definition;
    this.store = store;
    this.settings = settings;
    this.time = time;
    this.observer = observer;
    this.committer = new Committer(definition.name(), store, epoch, time, tokens, observer);
    this.cursors = new Cursors(store);
  }

  SyncAnswer sync(UserId caller, Owner owner, SyncRequest request) {
    CollectionDefinition collection = definition.collection(request.collection());
    PushValidation.Result checked =
        new PushValidation(settings, collection).check(request, time.millis());
    List<Pushed> pushed = push(caller, owner, request, checked.valid(), collection);
    Map<DocumentId, Pushed> byId = new LinkedHashMap<>();
    List<SyncAnswer.KeyedConflict> conflicts = new ArrayList<>();
    List<SyncAnswer.Acknowledgement> acknowledgements = new ArrayList<>();
    for (Pushed one : pushed) {
      byId.put(one.id(), one);
      for (Conflict conflict : one.conflicts()) {
        conflicts.add(new SyncAnswer.KeyedConflict(one.id().key(), conflict));
        observer.conflict(definition.name(), conflict);
      }
    }
    if (request.acks()) {
      for (Pushed one : byId.values()) {
        if (one.sameAsSent()) {
          acknowledgements.add(new SyncAnswer.Acknowledgement(one.id().key(), one.revision()));
        }
      }
    }
    checked.rejected().forEach(one -> observer.rejected(definition.name(), one.code()));
    Feed feed = new Feed(owner, request.collection());
    Pull pull = new Pull(store, feed, cursors, tip(request, pushed), request, byId);
    return new SyncAnswer(conflicts, acknowledgements, checked.rejected(), pull, time.millis());
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
      UserId caller,
      Owner owner,
      SyncRequest request,
      List<Change> changes,
      CollectionDefinition collection) {
    if (changes.isEmpty()) {
      return List.of();
    }
    checkCollections(owner, request.collection());
    String scope = ServerNode.scope(owner, request.collection());
    MergeRules rules =
        new MergeRules(
            collection.strategies(),
            document ->
                settings.limits().check(document).isEmpty()
                    && collection.schema().violations(document).isEmpty());
    return committer.submit(
        new Push(
            caller,
            owner,
            request,
            changes,
            rules,
            settings.history(),
            (clock, tip) -> cursors.isForeign(clock, scope, tip)));
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

  /** Whether a pull with {@code clock} would bring anything. */
  boolean hasNews(Owner owner, CollectionName collection, HybridTimestamp clock) {
    Feed feed = new Feed(owner, collection);
    Tip tip = store.tip();
    return !new Pull(store, feed, cursors, tip, SyncRequest.pull(collection, clock), Map.of())
        .isEmpty();
  }

  VersionPage history(DocumentId id, Optional<HybridTimestamp> before, int limit) {
    StoredDocument stored =
        Optional.ofNullable(store.find(Set.of(id)).get(id))
            .orElseThrow(() -> new SyncException(SyncProblem.NOT_FOUND, "no such document"));
    return Versions.list(StoredForm.decode(stored), new History(stored.history()), before, limit);
  }

  dev.landfall.api.Bytes restore(DocumentId id, HybridTimestamp commit) {
    Document restored = committer.submit(new Restore(id, commit, settings.history()));
    return WireForm.of(restored);
  }

  /** Forgets old tombstones; how many. */
  int purge(int limit) {
    long before = time.millis() - settings.tombstoneRetention().toMillis();
    return before <= 0 ? 0 : store.purge(new HybridTimestamp(before, 0, "0"), limit);
  }
}
