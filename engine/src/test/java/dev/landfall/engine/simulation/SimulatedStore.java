package dev.landfall.engine.simulation;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Tombstone;
import dev.landfall.api.store.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The store as one run of one server node reaches it: calls take turns, fail, and are the last one
 * of a dying node.
 */
final class SimulatedStore implements StoreBackend {
  /** The node is dead. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** What becomes of a call. */
  enum Fate {
    GOOD,
    FAIL_BEFORE,
    FAIL_AFTER,
    CRASH_BEFORE,
    CRASH_AFTER
  }

  private final StoreBackend store;
  private final Supplier<Fate> fates;
  private final Listener listener;
  private boolean dead;

  /** Makes calls as they go here. */
  interface Calls {
    /** The answer to one. */
    <T> T call(String name, Supplier<T> call);
  }

  /** Hears of what has been written. */
  interface Listener {
    void appended(Commit commit);
  }

  SimulatedStore(StoreBackend store, Supplier<Fate> fates, Listener listener) {
    this.store = store;
    this.fates = fates;
    this.listener = listener;
  }

  private <T> T call(String name, Supplier<T> call) {
    Turns.pause();
    if (dead) {
      throw new Crash();
    }
    Fate fate = fates.get();
    if (fate == Fate.CRASH_BEFORE) {
      dead = true;
      throw new Crash();
    }
    if (fate == Fate.FAIL_BEFORE) {
      throw new StoreUnavailableException(name);
    }
    T answer = call.get();
    if (fate == Fate.CRASH_AFTER) {
      dead = true;
      throw new Crash();
    }
    if (fate == Fate.FAIL_AFTER) {
      throw new StoreUnavailableException(name);
    }
    return answer;
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return new Application(store.application(application));
  }

  @Override
  public Set<ApplicationName> applications() {
    return store.applications();
  }

  @Override
  public Directory directory() {
    return new SimulatedDirectory(store.directory(), this::call);
  }

  @Override
  public void check() {
    store.check();
  }

  @Override
  public void close() {
    store.close();
  }

  private final class Application implements ApplicationStore {
    private final ApplicationStore application;

    Application(ApplicationStore application) {
      this.application = application;
    }

    @Override
    public Tip tip() {
      return call("tip", application::tip);
    }

    @Override
    public Tip lastKnownTip() {
      return call("last known tip", application::lastKnownTip);
    }

    @Override
    public AppendOutcome append(Commit commit) {
      return call(
          "append",
          () -> {
            Tip before = application.tip();
            AppendOutcome outcome = application.append(commit);
            if (!before.equals(application.tip())) {
              listener.appended(commit);
            }
            return outcome;
          });
    }

    @Override
    public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
      return call("find", () -> application.find(ids));
    }

    @Override
    public FeedPage feed(
        Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
      return call("feed", () -> application.feed(feeds, after, upTo, maxItems, maxBytes));
    }

    @Override
    public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
      return call("foreign", () -> application.foreign(feeds, keys));
    }

    @Override
    public Optional<FoundPage> search(
        Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
      return call("search", () -> application.search(feeds, query, after, upTo, limit));
    }

    @Override
    public Optional<List<FeedEntry>> searchByKey(
        Set<Feed> feeds, TermQuery query, Optional<DocumentId> after, int limit) {
      return call("search", () -> application.searchByKey(feeds, query, after, limit));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, TermQuery query, boolean backwards, int entries) {
      return call("divide", () -> application.divide(feeds, range, query, backwards, entries));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
      return call("divide", () -> application.divide(feeds, range, backwards, entries));
    }

    @Override
    public DocumentScan scan(String after, int limit) {
      return call("scan", () -> application.scan(after, limit));
    }

    @Override
    public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
      return call("count", () -> application.count(feeds, after, upTo));
    }

    @Override
    public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
      return call("lastOfEpoch", () -> application.lastOfEpoch(epoch));
    }

    @Override
    public Set<CollectionName> collections(Owner owner, int limit) {
      return call("collections", () -> application.collections(owner, limit));
    }

    @Override
    public Usage usage(Owner owner) {
      return call("usage", () -> application.usage(owner));
    }

    @Override
    public int purge(HybridTimestamp before, int limit) {
      return call("purge", () -> application.purge(before, limit));
    }

    @Override
    public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
      return call("tombstones", () -> application.tombstones(after, limit));
    }

    @Override
    public int forget(List<Tombstone> tombstones) {
      return call("forget", () -> application.forget(tombstones));
    }

    @Override
    public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
      return call("owned", () -> application.owned(owner, after, limit));
    }

    @Override
    public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
      return call("mentioning", () -> application.mentioning(text, after, limit));
    }

    @Override
    public int erase(Owner owner, HybridTimestamp upTo, int limit) {
      return call("erase", () -> application.erase(owner, upTo, limit));
    }

    @Override
    public boolean scrub(long upTo) {
      return call("scrub", () -> application.scrub(upTo));
    }
  }
}
