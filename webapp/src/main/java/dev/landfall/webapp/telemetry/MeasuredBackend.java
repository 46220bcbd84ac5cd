package dev.landfall.webapp.telemetry;

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
import dev.landfall.api.store.DirectoryRecord;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** A store that measures how long each operation of another one takes. */
public final class MeasuredBackend implements StoreBackend {
  private final StoreBackend store;
  private final Telemetry telemetry;
  private final ConcurrentMap<ApplicationName, ApplicationStore> applications =
      new ConcurrentHashMap<>();

  /** Measures {@code store}. */
  public MeasuredBackend(StoreBackend store, Telemetry telemetry) {
    this.store = store;
    this.telemetry = telemetry;
  }

  private <T> T measured(String operation, Supplier<T> call) {
    long start = System.nanoTime();
    try {
      T result = call.get();
      telemetry.stored(operation, System.nanoTime() - start);
      return result;
    } catch (StoreUnavailableException e) {
      telemetry.storeFailed(operation);
      throw e;
    }
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return applications.computeIfAbsent(
        application, name -> new MeasuredApplication(store.application(name)));
  }

  @Override
  public Set<ApplicationName> applications() {
    return measured("applications", store::applications);
  }

  @Override
  public Directory directory() {
    return new MeasuredDirectory(store.directory());
  }

  @Override
  public void check() {
    measured(
        "check",
        () -> {
          store.check();
          return Boolean.TRUE;
        });
  }

  @Override
  public void close() {
    store.close();
  }

  private final class MeasuredApplication implements ApplicationStore {
    private final ApplicationStore application;

    MeasuredApplication(ApplicationStore application) {
      this.application = application;
    }

    @Override
    public Tip tip() {
      return measured("tip", application::tip);
    }

    @Override
    public Tip lastKnownTip() {
      return application.lastKnownTip();
    }

    @Override
    public AppendOutcome append(Commit commit) {
      return measured("append", () -> application.append(commit));
    }

    @Override
    public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
      return measured("find", () -> application.find(ids));
    }

    @Override
    public FeedPage feed(
        Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
      return measured("feed", () -> application.feed(feeds, after, upTo, maxItems, maxBytes));
    }

    @Override
    public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
      return measured("foreign", () -> application.foreign(feeds, keys));
    }

    @Override
    public Optional<FoundPage> search(
        Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
      return measured("search", () -> application.search(feeds, query, after, upTo, limit));
    }

    @Override
    public Optional<List<FeedEntry>> searchByKey(
        Set<Feed> feeds, TermQuery query, Optional<DocumentId> after, int limit) {
      return measured("search", () -> application.searchByKey(feeds, query, after, limit));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, TermQuery query, boolean backwards, int entries) {
      return measured("divide", () -> application.divide(feeds, range, query, backwards, entries));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
      return measured("divide", () -> application.divide(feeds, range, backwards, entries));
    }

    @Override
    public DocumentScan scan(String after, int limit) {
      return measured("scan", () -> application.scan(after, limit));
    }

    @Override
    public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
      return measured("count", () -> application.count(feeds, after, upTo));
    }

    @Override
    public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
      return measured("lastOfEpoch", () -> application.lastOfEpoch(epoch));
    }

    @Override
    public Set<CollectionName> collections(Owner owner, int limit) {
      return measured("collections", () -> application.collections(owner, limit));
    }

    @Override
    public Usage usage(Owner owner) {
      return measured("usage", () -> application.usage(owner));
    }

    @Override
    public int purge(HybridTimestamp before, int limit) {
      return measured("purge", () -> application.purge(before, limit));
    }

    @Override
    public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
      return measured("tombstones", () -> application.tombstones(after, limit));
    }

    @Override
    public int forget(List<Tombstone> tombstones) {
      return measured("forget", () -> application.forget(tombstones));
    }

    @Override
    public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
      return measured("owned", () -> application.owned(owner, after, limit));
    }

    @Override
    public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
      return measured("mentioning", () -> application.mentioning(text, after, limit));
    }

    @Override
    public int erase(Owner owner, HybridTimestamp upTo, int limit) {
      return measured("erase", () -> application.erase(owner, upTo, limit));
    }

    @Override
    public boolean scrub(long upTo) {
      return measured("scrub", () -> application.scrub(upTo));
    }
  }

  private final class MeasuredDirectory implements Directory {
    private final Directory directory;

    MeasuredDirectory(Directory directory) {
      this.directory = directory;
    }

    @Override
    public Optional<DirectoryRecord> find(String kind, String name) {
      return measured("directory.find", () -> directory.find(kind, name));
    }

    @Override
    public boolean write(DirectoryRecord record) {
      return measured("directory.write", () -> directory.write(record));
    }

    @Override
    public boolean remove(String kind, String name, long version) {
      return measured("directory.remove", () -> directory.remove(kind, name, version));
    }

    @Override
    public List<DirectoryRecord> list(String kind, String after, int limit) {
      return measured("directory.list", () -> directory.list(kind, after, limit));
    }
  }
}
