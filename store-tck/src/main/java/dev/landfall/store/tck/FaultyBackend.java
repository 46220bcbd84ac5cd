package dev.landfall.store.tck;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A store that fails where a test wants it to: before a call is passed on, so that it does not
 * happen, or after it has happened, so that its answer is lost. Closing is passed on as it is. Safe
 * for concurrent use if its faults are.
 */
public final class FaultyBackend implements StoreBackend {
  private final StoreBackend store;
  private final Faults faults;
  private final AtomicLong calls = new AtomicLong();

  /** Puts {@code faults} in front of {@code store}. */
  public FaultyBackend(StoreBackend store, Faults faults) {
    this.store = store;
    this.faults = faults;
  }

  /** Decides which calls fail. It is asked in the thread of the caller, and may hold it up. */
  @FunctionalInterface
  public interface Faults {
    /** No faults. */
    Faults NONE = (call, moment) -> false;

    /**
     * Whether {@code call} fails at {@code moment}. Asked twice for a call that does not fail
     * before.
     */
    boolean strike(Call call, Moment moment);

    /** The call with that number fails at that moment, and no other. */
    static Faults once(long number, Moment at) {
      return (call, moment) -> call.number() == number && moment == at;
    }

    /** The process dies at that moment of the call with that number: no later call is passed on. */
    static Faults forGood(long number, Moment at) {
      return (call, moment) -> call.number() > number || (call.number() == number && moment == at);
    }
  }

  /** Where in a call. */
  public enum Moment {
    /** It has not been passed on. */
    BEFORE,
    /** It has been done, and the answer is not known to the caller. */
    AFTER
  }

  /** What a call is for. */
  public enum Operation {
    CHECK,
    APPLICATIONS,
    TIP,
    LAST_KNOWN_TIP,
    APPEND,
    FIND,
    FOREIGN,
    FEED,
    COUNT,
    SEARCH,
    SCAN,
    LAST_OF_EPOCH,
    COLLECTIONS,
    USAGE,
    PURGE,
    TOMBSTONES,
    FORGET,
    OWNED,
    MENTIONING,
    ERASE,
    SCRUB,
    DIRECTORY_FIND,
    DIRECTORY_WRITE,
    DIRECTORY_REMOVE,
    DIRECTORY_LIST
  }

  /**
   * A call of the store.
   *
   * @param number counts the calls, from 1
   */
  public record Call(long number, Operation operation) {}

  /** How many calls have been made, failed ones included. */
  public long calls() {
    return calls.get();
  }

  @Override
  public ApplicationStore application(ApplicationName application) {
    return new FaultyApplication(store.application(application));
  }

  @Override
  public Set<ApplicationName> applications() {
    return attempt(Operation.APPLICATIONS, store::applications);
  }

  @Override
  public Directory directory() {
    return new FaultyDirectory(store.directory());
  }

  @Override
  public void check() {
    attempt(
        Operation.CHECK,
        () -> {
          store.check();
          return true;
        });
  }

  @Override
  public void close() {
    store.close();
  }

  private <T> T attempt(Operation operation, Supplier<T> call) {
    Call attempted = new Call(calls.incrementAndGet(), operation);
    if (faults.strike(attempted, Moment.BEFORE)) {
      throw new StoreUnavailableException("a fault before " + attempted);
    }
    T answer = call.get();
    if (faults.strike(attempted, Moment.AFTER)) {
      throw new StoreUnavailableException("a fault after " + attempted);
    }
    return answer;
  }

  private final class FaultyApplication implements ApplicationStore {
    private final ApplicationStore application;

    FaultyApplication(ApplicationStore application) {
      this.application = application;
    }

    @Override
    public Tip tip() {
      return attempt(Operation.TIP, application::tip);
    }

    @Override
    public Tip lastKnownTip() {
      return attempt(Operation.LAST_KNOWN_TIP, application::lastKnownTip);
    }

    @Override
    public AppendOutcome append(Commit commit) {
      return attempt(Operation.APPEND, () -> application.append(commit));
    }

    @Override
    public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
      return attempt(Operation.FIND, () -> application.find(ids));
    }

    @Override
    public FeedPage feed(
        Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
      return attempt(
          Operation.FEED, () -> application.feed(feeds, after, upTo, maxItems, maxBytes));
    }

    @Override
    public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
      return attempt(Operation.FOREIGN, () -> application.foreign(feeds, keys));
    }

    @Override
    public Optional<FoundPage> search(
        Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
      return attempt(Operation.SEARCH, () -> application.search(feeds, query, after, upTo, limit));
    }

    @Override
    public Optional<List<FeedEntry>> searchByKey(
        Set<Feed> feeds, TermQuery query, Optional<DocumentId> after, int limit) {
      return attempt(Operation.SEARCH, () -> application.searchByKey(feeds, query, after, limit));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, TermQuery query, boolean backwards, int entries) {
      return attempt(
          Operation.SEARCH, () -> application.divide(feeds, range, query, backwards, entries));
    }

    @Override
    public Optional<String> divide(
        Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
      return attempt(Operation.SEARCH, () -> application.divide(feeds, range, backwards, entries));
    }

    @Override
    public DocumentScan scan(String after, int limit) {
      return attempt(Operation.SCAN, () -> application.scan(after, limit));
    }

    @Override
    public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
      return attempt(Operation.COUNT, () -> application.count(feeds, after, upTo));
    }

    @Override
    public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
      return attempt(Operation.LAST_OF_EPOCH, () -> application.lastOfEpoch(epoch));
    }

    @Override
    public Set<CollectionName> collections(Owner owner, int limit) {
      return attempt(Operation.COLLECTIONS, () -> application.collections(owner, limit));
    }

    @Override
    public Usage usage(Owner owner) {
      return attempt(Operation.USAGE, () -> application.usage(owner));
    }

    @Override
    public int purge(HybridTimestamp before, int limit) {
      return attempt(Operation.PURGE, () -> application.purge(before, limit));
    }

    @Override
    public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
      return attempt(Operation.TOMBSTONES, () -> application.tombstones(after, limit));
    }

    @Override
    public int forget(List<Tombstone> tombstones) {
      return attempt(Operation.FORGET, () -> application.forget(tombstones));
    }

    @Override
    public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
      return attempt(Operation.OWNED, () -> application.owned(owner, after, limit));
    }

    @Override
    public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
      return attempt(Operation.MENTIONING, () -> application.mentioning(text, after, limit));
    }

    @Override
    public int erase(Owner owner, HybridTimestamp upTo, int limit) {
      return attempt(Operation.ERASE, () -> application.erase(owner, upTo, limit));
    }

    @Override
    public boolean scrub(long upTo) {
      return attempt(Operation.SCRUB, () -> application.scrub(upTo));
    }
  }

  private final class FaultyDirectory implements Directory {
    private final Directory directory;

    FaultyDirectory(Directory directory) {
      this.directory = directory;
    }

    @Override
    public Optional<DirectoryRecord> find(String kind, String name) {
      return attempt(Operation.DIRECTORY_FIND, () -> directory.find(kind, name));
    }

    @Override
    public boolean write(DirectoryRecord record) {
      return attempt(Operation.DIRECTORY_WRITE, () -> directory.write(record));
    }

    @Override
    public boolean remove(String kind, String name, long version) {
      return attempt(Operation.DIRECTORY_REMOVE, () -> directory.remove(kind, name, version));
    }

    @Override
    public List<DirectoryRecord> list(String kind, String after, int limit) {
      return attempt(Operation.DIRECTORY_LIST, () -> directory.list(kind, after, limit));
    }
  }
}
