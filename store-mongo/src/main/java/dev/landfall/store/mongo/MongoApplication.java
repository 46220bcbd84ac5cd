package dev.landfall.store.mongo;

import com.mongodb.MongoException;
import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreUnavailableException;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Tombstone;
import dev.landfall.api.store.Usage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One application. The node that makes a commit applies it. A commit of another node is kept in
 * memory and laid over what is read, until a later commit says that it is applied or a second has
 * gone by; then this node applies it too.
 */
final class MongoApplication implements ApplicationStore {
  private static final int MAX_ROUNDS = 100;
  private static final int INSERT_TRIES = 2;
  private static final int TOKEN_TRIES = 10;

  /** Far less than the time for which numbers in the log stay taken. */
  private static final long STALE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final ApplicationName name;
  private final Database database;
  private final CommitLog log;
  private final Projection projection;
  private final LogTail recent = new LogTail();
  private final ReentrantLock applying = new ReentrantLock();

  MongoApplication(Database database, ApplicationName name) {
    this.name = name;
    this.database = database;
    this.log = new CommitLog(name, database);
    this.projection = new Projection(name, database);
  }

  @Override
  public Tip tip() {
    return Requests.attempt("tip", this::refresh);
  }

  @Override
  public Tip lastKnownTip() {
    return recent.known().orElseGet(this::tip);
  }

  /** Reads the end of the log; one request as long as there are few new commits. */
  private Tip refresh() {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      boolean cold = recent.known().isEmpty();
      Tip known = recent.known().orElseGet(this::start);
      long now = System.nanoTime();
      CommitLog.Page page = round == 0 ? log.after(known.number()) : log.longAfter(known.number());
      boolean dense = page.entries().stream().allMatch(this::take);
      if (!dense) {
        recent.forget(known); // so far behind that the log has been compacted since
        continue;
      }
      if (cold || recent.isDue()) {
        applyPending();
      }
      if (!page.more()) {
        recent.learned(now);
        Tip last = recent.known().orElse(Tip.NONE);
        if (last.number() >= known.number()) {
          return last;
        }
      }
    }
    throw new StoreUnavailableException(
        "tip: the log has a gap, or grows faster than it can be read");
  }

  private boolean take(CommitLog.Entry entry) {
    Commit commit = entry.commit();
    if (commit == null) {
      projection.forgetNamespaces();
      return false;
    }
    projection.forgetNamespacesOfErased(commit);
    return recent.add(commit, entry.applied());
  }

  /** Starts where everything is applied for certain. */
  private Tip start() {
    Tip base =
        log.end()
            .filter(end -> end.applied() > 0)
            .flatMap(end -> log.tipAt(end.applied()))
            .orElse(Tip.NONE);
    recent.start(base);
    return recent.known().orElse(base);
  }

  private void applyPending() {
    if (applying.tryLock()) {
      try {
        recent.pending().forEach(this::apply);
      } finally {
        applying.unlock();
      }
    }
  }

  private void apply(Commit commit) {
    if (TermRows.needsAllBefore(commit)) {
      for (Commit earlier : recent.pending()) {
        if (earlier.number() < commit.number()) {
          applyAlone(earlier);
        }
      }
    }
    applyAlone(commit);
  }

  private void applyAlone(Commit commit) {
    projection.apply(commit);
    recent.applied(commit.number());
  }

  /** The feeds with entries of commits after {@code number}; empty if not all of them are held. */
  Optional<Set<Feed>> changed(long number) {
    return recent
        .view(number, Set.of())
        .map(
            view ->
                view.commits().stream()
                    .flatMap(commit -> commit.entries().stream())
                    .map(FeedEntry::feed)
                    .collect(Collectors.toSet()));
  }

  @Override
  public AppendOutcome append(Commit commit) {
    return Requests.attempt("append", () -> appendAfter(commit, lastKnownTip()));
  }

  private AppendOutcome appendAfter(Commit commit, Tip known) {
    Tip last = known;
    boolean next = commit.number() == last.number() + 1 && commit.clock().isAfter(last.clock());
    boolean stale = System.nanoTime() - recent.learned() > STALE_NANOS;
    if (stale || !(next || commit.number() <= last.number())) {
      last = refresh();
    }
    if (commit.number() > last.number() + 1) {
      return AppendOutcome.NUMBER_TAKEN;
    }
    if (commit.number() <= last.number()) {
      boolean mine = isMine(commit);
      return mine ? committed(commit) : AppendOutcome.NUMBER_TAKEN;
    }
    commit.checkFollows(last);
    return insert(commit) ? committed(commit) : AppendOutcome.NUMBER_TAKEN;
  }

  private boolean isMine(Commit commit) {
    return token(commit.number()).equals(Optional.of(commit.token()));
  }

  private Optional<String> token(long number) {
    return recent.token(number).or(() -> log.token(number));
  }

  /** Makes sure that somebody's entry has the number; returns whether it is this one. */
  private boolean insert(Commit commit) {
    for (int attempt = 0; attempt < INSERT_TRIES; attempt++) {
      boolean taken = false;
      try {
        log.insert(commit, recent.confirmed());
        return true;
      } catch (MongoException e) {
        taken = e.getCode() == Requests.DUPLICATE_KEY;
        // Anything else: it may or may not have happened, and the entry says which.
      }
      if (taken) {
        refresh(); // the committer tries again at once, behind it
      }
      Optional<String> token = token(commit.number());
      for (int i = 0; taken && token.isEmpty() && i < TOKEN_TRIES; i++) {
        // It is there and a majority has yet to get it.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        token = log.token(commit.number());
      }
      if (token.isPresent()) {
        return token.get().equals(commit.token());
      }
    }
    throw new StoreUnavailableException("append: it is not known whether the entry is there");
  }

  private AppendOutcome committed(Commit commit) {
    recent.add(commit, 0);
    if (!recent.isApplied(commit.number())) {
      apply(commit);
      if (commit.number() % LogCompaction.INTERVAL == 0) {
        compact(commit);
      }
    }
    return AppendOutcome.APPENDED;
  }

  private void compact(Commit last) {
    try {
      long floor = Math.min(recent.confirmed(), last.number()) - LogCompaction.KEPT;
      Requests.attempt(
          "compact",
          () -> {
            new LogCompaction(name, database).run(floor, last.clock());
            return true;
          });
    } catch (StoreUnavailableException e) {
      return; // the commit is made; the log is compacted another time
    }
  }

  @Override
  public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
    return again("find", () -> findOnce(ids));
  }

  private Optional<Map<DocumentId, StoredDocument>> findOnce(Set<DocumentId> ids) {
    long from = recent.confirmed();
    Map<DocumentId, StoredDocument> found = new HashMap<>(ids.size() * 2);
    Map<DocumentId, Long> forgotten = new HashMap<>();
    long seen = 0;
    for (Documents.Row row : projection.documents().find(ids)) {
      seen = Math.max(seen, row.number());
      if (row.forgotten()) {
        forgotten.put(row.document().id(), row.number());
      } else {
        found.put(row.document().id(), row.document());
      }
    }
    if (seen > recent.known().orElse(Tip.NONE).number()) {
      refresh();
    }
    Optional<LogTail.View> view = recent.view(from, Set.of());
    if (view.isEmpty() || seen > view.get().end()) {
      return Optional.empty();
    }
    for (Commit commit : view.get().commits()) {
      for (StoredDocument document : commit.documents()) {
        DocumentId id = document.id();
        if (ids.contains(id) && commit.number() > forgotten.getOrDefault(id, 0L)) {
          found.put(id, document);
        }
      }
    }
    return Optional.of(found);
  }

  @Override
  public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
    Set<Feed> perhaps = recent.perhapsForeign(feeds);
    if (perhaps.isEmpty() || keys.isEmpty()) {
      return Set.of();
    }
    Set<DocumentId> found = again("foreign", () -> foreignOnce(perhaps, keys));
    if (found.isEmpty()) {
      again("foreign", () -> noteWithoutForeign(perhaps));
    }
    return found;
  }

  /** Most people share nothing: then the question is not asked again until somebody does. */
  private Optional<Boolean> noteWithoutForeign(Set<Feed> feeds) {
    long from = recent.confirmed();
    boolean none = !projection.entries().hasForeign(feeds);
    Optional<LogTail.View> view = recent.view(from, Set.of());
    if (view.isEmpty()) {
      return Optional.empty();
    }
    boolean noneSince =
        view.get().commits().stream()
            .flatMap(commit -> commit.entries().stream())
            .noneMatch(entry -> feeds.contains(entry.feed()) && EntryRow.isForeign(entry));
    if (none && noneSince) {
      recent.withoutForeign(feeds, view.get().end());
    }
    return Optional.of(none && noneSince);
  }

  private Optional<Set<DocumentId>> foreignOnce(Set<Feed> feeds, Set<DocumentKey> keys) {
    long from = recent.confirmed();
    Map<EntryRow.Place, EntryRow> entries = new HashMap<>();
    long seen = 0;
    for (EntryRow row : projection.entries().find(feeds, keys)) {
      seen = Math.max(seen, row.number());
      entries.put(row.place(), row);
    }
    if (seen > recent.known().orElse(Tip.NONE).number()) {
      refresh();
    }
    Optional<LogTail.View> view = recent.view(from, Set.of());
    if (view.isEmpty() || seen > view.get().end()) {
      return Optional.empty();
    }
    entries.putAll(LogTail.entries(view.get(), feeds));
    Set<DocumentId> foreign = new HashSet<>();
    for (EntryRow row : entries.values()) {
      DocumentId id = row.place().document();
      if (row.kind() == FeedEntry.Kind.CHANGED
          && keys.contains(id.key())
          && !id.owner().equals(row.place().feed().reader())) {
        foreign.add(id);
      }
    }
    return Optional.of(foreign);
  }

  @Override
  public FeedPage feed(
      Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
    return again(
        "feed",
        () ->
            new FeedReading(
                    projection, recent, this::refresh, feeds, after, upTo, maxItems, maxBytes)
                .page());
  }

  @Override
  public Optional<FoundPage> search(
      Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
    return Optional.of(
        again(
            "search",
            () ->
                new TermSearch(
                        projection.terms(), recent, this::refresh, feeds, query, after, upTo, limit)
                    .page()));
  }

  @Override
  public Optional<String> divide(Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
    Comparator<String> order = Comparator.naturalOrder();
    return Requests.attempt(
        "divide",
        () ->
            feeds.stream()
                .map(feed -> projection.terms().divide(feed, range, backwards, entries))
                .flatMap(Optional::stream)
                .min(backwards ? order.reversed() : order));
  }

  @Override
  public DocumentScan scan(String after, int limit) {
    return Requests.attempt(
        "scan",
        () -> {
          refresh();
          recent.pending().forEach(this::apply);
          return projection.documents().scan(after, limit);
        });
  }

  @Override
  public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
    return again("count", () -> countOnce(feeds, after, upTo));
  }

  /** Counts; all of it is from one moment if no commit was made meanwhile. */
  private Optional<Long> countOnce(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
    Tip tip = lastKnownTip();
    if (recent.confirmed() == tip.number()) {
      long count = projection.entries().count(feeds, after.toString(), upTo.toString());
      if (refresh().equals(tip)) {
        return Optional.of(count);
      }
    }
    return new FeedReading(projection, recent, this::refresh, feeds, after, upTo, 1, 1).count();
  }

  /** Reads until it is from one moment, which commits in between can prevent for a while. */
  private <T> T again(String operation, Supplier<Optional<T>> reading) {
    return Requests.attempt(
        operation,
        () -> {
          lastKnownTip();
          for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<T> read = reading.get();
            if (read.isPresent()) {
              return read.get();
            }
            refresh();
          }
          throw new StoreUnavailableException(operation + ": too many commits are being made");
        });
  }

  @Override
  public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
    return Requests.attempt("last of epoch", () -> log.lastOfEpoch(epoch));
  }

  @Override
  public Set<CollectionName> collections(Owner owner, int limit) {
    return Requests.attempt(
        "collections",
        () -> {
          lastKnownTip();
          Set<CollectionName> found = new LinkedHashSet<>();
          for (Commit commit : recent.pending()) {
            for (StoredDocument document : commit.documents()) {
              if (document.id().owner().equals(owner) && found.size() < limit) {
                found.add(document.id().collection());
              }
            }
          }
          for (CollectionName collection : projection.collections(owner, limit)) {
            if (found.size() < limit) {
              found.add(collection);
            }
          }
          return found;
        });
  }

  /** What other nodes have committed and not applied is applied first. */
  @Override
  public Usage usage(Owner owner) {
    return Requests.attempt(
        "usage",
        () -> {
          lastKnownTip();
          recent.pending().forEach(this::apply);
          return projection.documents().usage(owner);
        });
  }

  @Override
  public int purge(HybridTimestamp before, int limit) {
    return Requests.attempt(
        "purge",
        () -> {
          applyAll();
          Purge purge = new Purge(name, database, projection, before);
          int forgotten = purge.run(limit);
          purge.removeMarks(before);
          return forgotten;
        });
  }

  @Override
  public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
    return Requests.attempt(
        "tombstones",
        () -> {
          applyAll();
          return new Purge(name, database, projection, after).tombstones(after, limit);
        });
  }

  @Override
  public int forget(List<Tombstone> tombstones) {
    if (tombstones.isEmpty()) {
      return 0;
    }
    return Requests.attempt(
        "forget",
        () -> {
          applyAll();
          HybridTimestamp last =
              tombstones.stream()
                  .map(Tombstone::last)
                  .reduce(HybridTimestamp.ZERO, HybridTimestamp::later);
          return new Purge(name, database, projection, last).forget(tombstones);
        });
  }

  @Override
  public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
    return Requests.attempt(
        "owned",
        () -> {
          applyAll();
          return projection.documents().owned(owner, after, limit);
        });
  }

  @Override
  public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
    return Requests.attempt(
        "mentioning",
        () -> {
          applyAll();
          return projection.documents().mentioning(text, after, limit);
        });
  }

  @Override
  public int erase(Owner owner, HybridTimestamp upTo, int limit) {
    return Requests.attempt(
        "erase",
        () -> {
          applyAll();
          int removed = new Erasure(name, database, projection, owner, upTo).run(limit);
          if (removed < limit) {
            projection.removeNamespaces(owner);
          }
          return removed;
        });
  }

  @Override
  public boolean scrub(long upTo) {
    return Requests.attempt(
        "scrub",
        () -> {
          applyAll();
          // What another node starts from has to keep its content: the entries after what the last
          // one says is applied.
          long floor = log.end().map(CommitLog.End::applied).orElse(0L);
          new LogCompaction(name, database).scrub(floor);
          return floor >= upTo;
        });
  }

  /** What there is besides documents. */
  Contents contents() {
    return new Contents(this, log, projection.entries());
  }

  void applyAll() {
    refresh();
    recent.pending().forEach(this::apply);
  }
}
