package dev.landfall.store.memory;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import dev.landfall.api.UserId;
import dev.landfall.api.store.AppendOutcome;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Tombstone;
import dev.landfall.api.store.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One application. A commit is made under the write lock and everything is read under the read
 * lock, so a reader sees commits whole; the tip is set last and read without a lock.
 */
final class MemoryApplication implements ApplicationStore {
  /** How many tokens are kept to recognise a repetition. */
  private static final int LOG = 1_000;

  private static final Comparator<DocumentId> BY_NAME =
      Comparator.comparing((DocumentId id) -> id.owner().text())
          .thenComparing(id -> id.collection().value())
          .thenComparing(id -> id.key().value());

  /** For what is only compared by its revision. */
  private static final DocumentId ANY =
      new DocumentId(new UserId("~"), new CollectionName("~"), new DocumentKey("~"));

  private final StampedLock lock = new StampedLock();
  private final HeapBudget budget;

  private volatile Tip tip = Tip.NONE;
  private final @Nullable String[] tokens = new @Nullable String[LOG];
  private final Map<String, HybridTimestamp> epochs = new HashMap<>();
  private final Map<DocumentId, MemoryDocument> documents = new HashMap<>();
  private final BySerial bySerial = new BySerial();
  private final Originals originals = new Originals();
  private final Map<Feed, MemoryFeed> feeds = new HashMap<>();
  private final Map<Owner, Set<CollectionName>> collections = new HashMap<>();
  private final Map<Owner, Usage> usages = new HashMap<>();
  private long serials;

  private final TreeSet<MemoryDocument> tombstones =
      new TreeSet<>(
          Comparator.comparing((MemoryDocument document) -> document.content.revision())
              .thenComparingLong(document -> document.serial));
  private final TreeSet<MemoryFeed.Place> revocations =
      new TreeSet<>(
          Comparator.comparing(MemoryFeed.Place::position)
              .thenComparingLong(MemoryFeed.Place::serial));

  MemoryApplication(HeapBudget budget) {
    this.budget = budget;
  }

  @Override
  public Tip tip() {
    return tip;
  }

  @Override
  public Tip lastKnownTip() {
    return tip();
  }

  @Override
  public AppendOutcome append(Commit commit) {
    long stamp = lock.writeLock();
    try {
      Tip last = tip;
      if (commit.number() != last.number() + 1) {
        return isRepetition(commit, last) ? AppendOutcome.APPENDED : AppendOutcome.NUMBER_TAKEN;
      }
      commit.checkFollows(last);
      budget.take("append", growth(commit));
      for (StoredDocument document : commit.documents()) {
        store(document);
      }
      for (FeedEntry entry : commit.entries()) {
        enter(entry);
      }
      epochs.put(commit.epoch(), commit.clock());
      tokens[(int) (commit.number() % LOG)] = commit.token();
      tip = new Tip(commit.number(), commit.clock());
      return AppendOutcome.APPENDED;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private boolean isRepetition(Commit commit, Tip last) {
    return commit.number() <= last.number()
        && commit.number() > last.number() - LOG
        && commit.token().equals(tokens[(int) (commit.number() % LOG)]);
  }

  /**
   * What the commit takes more than what it replaces; entries that move are counted as new until
   * they have moved.
   */
  private long growth(Commit commit) {
    long growth = 0;
    for (StoredDocument document : commit.documents()) {
      MemoryDocument stored = documents.get(document.id());
      growth += HeapBudget.of(document) - (stored == null ? 0 : HeapBudget.of(stored.content));
    }
    for (FeedEntry entry : commit.entries()) {
      MemoryDocument stored = documents.get(entry.document());
      MemoryFeed feed = feeds.get(entry.feed());
      if (stored == null || feed == null || stored.placeIn(feed) == null) {
        growth += HeapBudget.ENTRY;
      }
    }
    return growth;
  }

  private void store(StoredDocument given) {
    MemoryDocument document = documents.get(given.id());
    StoredDocument content = originals.sharing(given, document == null ? null : document.content);
    Usage until = document == null ? Usage.NONE : Usage.of(document.content);
    Usage usage =
        usages.getOrDefault(content.id().owner(), Usage.NONE).plus(Usage.of(content)).minus(until);
    if (usage.equals(Usage.NONE)) {
      usages.remove(content.id().owner()); // nothing is left of who is gone
    } else {
      usages.put(content.id().owner(), usage);
    }
    if (document == null) {
      document = new MemoryDocument(serials++, content);
      documents.put(content.id(), document);
      bySerial.add(document);
    } else {
      tombstones.remove(document);
      Terms before = document.content.terms();
      document.content = content;
      for (MemoryFeed.Place place : document.places) {
        place.changeTerms(before, content.terms());
      }
    }
    if (content.deleted()) {
      tombstones.add(document);
    }
    if (!content.isErased()) {
      collections
          .computeIfAbsent(content.id().owner(), owner -> new LinkedHashSet<>())
          .add(content.id().collection());
    }
  }

  private void enter(FeedEntry entry) {
    MemoryDocument document = documents.get(entry.document());
    if (document == null) {
      throw new IllegalStateException("the document has been stored before its entries");
    }
    MemoryFeed feed = feeds.computeIfAbsent(entry.feed(), MemoryFeed::new);
    MemoryFeed.Place old = document.placeIn(feed);
    if (old != null) {
      vacate(old);
    }
    MemoryFeed.Place place = feed.add(entry, document, serials++);
    document.enter(place);
    if (place.isRevocation()) {
      revocations.add(place);
    }
  }

  private void vacate(MemoryFeed.Place place) {
    if (place.isRevocation()) {
      revocations.remove(place);
    }
    place.vacate();
  }

  @Override
  public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
    Map<DocumentId, StoredDocument> found = new HashMap<>(ids.size() * 2);
    long stamp = lock.readLock();
    try {
      for (DocumentId id : ids) {
        MemoryDocument document = documents.get(id);
        if (document != null) {
          found.put(id, document.content);
        }
      }
    } finally {
      lock.unlockRead(stamp);
    }
    return found;
  }

  @Override
  public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
    Set<DocumentId> found = new LinkedHashSet<>();
    long stamp = lock.readLock();
    try {
      for (Feed name : feeds) {
        MemoryFeed feed = this.feeds.get(name);
        if (feed != null) {
          feed.collectForeign(keys, found);
        }
      }
    } finally {
      lock.unlockRead(stamp);
    }
    return found;
  }

  @Override
  public FeedPage feed(
      Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
    long stamp = lock.readLock();
    try {
      MemoryFeed[] found = new MemoryFeed[feeds.size()];
      int number = 0;
      for (Feed name : feeds) {
        MemoryFeed feed = this.feeds.get(name);
        if (feed != null) {
          found[number++] = feed;
        }
      }
      return page(found, number, after, upTo, maxItems, maxBytes);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  private static FeedPage page(
      MemoryFeed[] feeds,
      int number,
      HybridTimestamp after,
      HybridTimestamp upTo,
      int maxItems,
      long maxBytes) {
    if (number == 0) {
      return MemoryFeed.NOTHING;
    }
    MemoryFeed mostForgetful = feeds[0];
    int[] at = new int[number];
    boolean empty = true;
    for (int i = 0; i < number; i++) {
      if (feeds[i].horizon().isAfter(mostForgetful.horizon())) {
        mostForgetful = feeds[i];
      }
      at[i] = feeds[i].first(after, upTo);
      empty &= at[i] < 0;
    }
    if (empty) {
      return mostForgetful.nothing();
    }
    List<FeedItem> items = new ArrayList<>();
    HybridTimestamp last = after;
    long bytes = 0;
    boolean more = false;
    for (int next = oldest(feeds, at); next >= 0; next = oldest(feeds, at)) {
      MemoryFeed.Place place = feeds[next].place(at[next]);
      boolean full = items.size() >= maxItems || (bytes >= maxBytes && !items.isEmpty());
      if (full && !place.position().equals(last)) {
        more = true;
        break;
      }
      FeedItem item = place.item();
      items.add(item);
      bytes += item.wire().length();
      last = place.position();
      at[next] = feeds[next].next(at[next], upTo);
    }
    return new FeedPage(items, more, mostForgetful.horizon());
  }

  /** Which feed has the oldest next entry, -1 if none has any. */
  private static int oldest(MemoryFeed[] feeds, int[] at) {
    int oldest = -1;
    for (int i = 0; i < at.length; i++) {
      if (at[i] >= 0
          && (oldest < 0
              || feeds[oldest]
                  .place(at[oldest])
                  .position()
                  .isAfter(feeds[i].place(at[i]).position()))) {
        oldest = i;
      }
    }
    return oldest;
  }

  @Override
  public Optional<FoundPage> search(
      Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
    return indexed(feeds, index -> index.search(query, after, upTo, limit))
        .map(pieces -> FoundPage.merged(pieces, limit));
  }

  @Override
  public Optional<String> divide(Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
    Comparator<String> order = Comparator.naturalOrder();
    return indexed(feeds, index -> index.divide(range, backwards, entries))
        .flatMap(
            terms ->
                terms.stream().flatMap(Optional::stream).min(backwards ? order.reversed() : order));
  }

  /** What {@code work} gives for each of the feeds; empty if there is no room for an index. */
  private <T> Optional<List<T>> indexed(Set<Feed> feeds, Function<TermIndex, T> work) {
    while (true) {
      List<MemoryFeed> unprepared = new ArrayList<>();
      long stamp = lock.readLock();
      try {
        List<TermIndex> prepared = new ArrayList<>();
        for (Feed name : feeds) {
          MemoryFeed feed = this.feeds.get(name);
          TermIndex terms = feed == null ? null : feed.terms();
          if (terms != null) {
            prepared.add(terms);
          } else if (feed != null) {
            unprepared.add(feed);
          }
        }
        if (unprepared.isEmpty()) {
          return Optional.of(prepared.stream().map(work).toList());
        }
      } finally {
        lock.unlockRead(stamp);
      }
      for (MemoryFeed feed : unprepared) {
        if (!prepare(feed)) {
          return Optional.empty();
        }
      }
    }
  }

  /** Goes on to build the index of terms; false if there is no room for it. */
  private boolean prepare(MemoryFeed feed) {
    long stamp = lock.writeLock();
    try {
      return feed.terms() != null || feed.buildTerms(budget);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public DocumentScan scan(String after, int limit) {
    List<StoredDocument> found = new ArrayList<>();
    long stamp = lock.readLock();
    try {
      long last = after.isEmpty() ? -1 : Long.parseLong(after);
      MemoryDocument next = bySerial.next(last);
      while (next != null) {
        if (found.size() == limit) {
          return new DocumentScan(found, Long.toString(last));
        }
        found.add(next.content);
        last = next.serial;
        next = bySerial.next(last);
      }
      return new DocumentScan(found, "");
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
    long stamp = lock.readLock();
    try {
      long count = 0;
      for (Feed name : feeds) {
        MemoryFeed feed = this.feeds.get(name);
        if (feed != null) {
          for (int i = feed.first(after, upTo); i >= 0; i = feed.next(i, upTo)) {
            count++;
          }
        }
      }
      return count;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
    long stamp = lock.readLock();
    try {
      return Optional.ofNullable(epochs.get(epoch));
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public Set<CollectionName> collections(Owner owner, int limit) {
    Set<CollectionName> found = new LinkedHashSet<>();
    long stamp = lock.readLock();
    try {
      Iterator<CollectionName> all = collections.getOrDefault(owner, Set.of()).iterator();
      while (found.size() < limit && all.hasNext()) {
        found.add(all.next());
      }
    } finally {
      lock.unlockRead(stamp);
    }
    return found;
  }

  @Override
  public Usage usage(Owner owner) {
    long stamp = lock.readLock();
    try {
      return usages.getOrDefault(owner, Usage.NONE);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public int purge(HybridTimestamp before, int limit) {
    long stamp = lock.writeLock();
    try {
      int forgotten = 0;
      while (forgotten < limit
          && !revocations.isEmpty()
          && before.isAfter(revocations.first().position())) {
        forget(revocations.first());
        budget.take("purge", -HeapBudget.ENTRY);
        forgotten++;
      }
      Iterator<MemoryDocument> oldest = tombstones.iterator();
      while (forgotten < limit && oldest.hasNext()) {
        MemoryDocument tombstone = oldest.next();
        if (!before.isAfter(tombstone.content.revision())) {
          break;
        }
        if (tombstone.isUntouchedSince(before)) {
          oldest.remove();
          forget(tombstone);
          forgotten++;
        }
      }
      return forgotten;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
    long stamp = lock.readLock();
    try {
      List<Tombstone> found = new ArrayList<>();
      MemoryDocument behind =
          new MemoryDocument(
              Long.MAX_VALUE, StoredDocument.erased(ANY, after, StoredDocument.NOTHING));
      for (MemoryDocument tombstone : tombstones.tailSet(behind, false)) {
        if (found.size() == limit) {
          break;
        }
        List<FeedEntry> entries = new ArrayList<>();
        for (MemoryFeed.Place place : tombstone.places) {
          entries.add(place.entry());
        }
        StoredDocument content = tombstone.content;
        found.add(new Tombstone(content.id(), content.revision(), entries));
      }
      return found;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public int forget(List<Tombstone> forgettable) {
    long stamp = lock.writeLock();
    try {
      int forgotten = 0;
      for (Tombstone one : forgettable) {
        MemoryDocument stored = documents.get(one.id());
        if (stored != null && stored.content.deleted() && !stored.isTouchedAfter(one.last())) {
          tombstones.remove(stored);
          forget(stored);
          forgotten++;
        }
      }
      return forgotten;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
    return list(document -> document.id().owner().equals(owner), after, limit);
  }

  @Override
  public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
    return list(document -> document.record().contains(text), after, limit);
  }

  private List<DocumentId> list(
      Predicate<StoredDocument> wanted, Optional<DocumentId> after, int limit) {
    long stamp = lock.readLock();
    try {
      return documents.values().stream()
          .map(document -> document.content)
          .filter(wanted)
          .map(StoredDocument::id)
          .filter(id -> after.isEmpty() || BY_NAME.compare(id, after.get()) > 0)
          .sorted(BY_NAME)
          .limit(limit)
          .toList();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Override
  public int erase(Owner owner, HybridTimestamp upTo, int limit) {
    long stamp = lock.writeLock();
    try {
      int removed = 0;
      for (Map.Entry<Feed, MemoryFeed> feed : List.copyOf(feeds.entrySet())) {
        if (feed.getKey().reader().equals(owner)) {
          removed += leave(feed.getValue(), upTo, limit - removed);
          if (feed.getValue().isEmpty()) {
            feeds.remove(feed.getKey());
          }
        }
      }
      boolean lives = false;
      for (MemoryDocument document : List.copyOf(documents.values())) {
        if (document.content.id().owner().equals(owner)) {
          lives |= !document.content.isErased();
          if (removed < limit && isForNobody(document, upTo)) {
            tombstones.remove(document);
            forget(document);
            removed++;
          }
        }
      }
      if (!lives && removed < limit) {
        collections.remove(owner);
        originals.forget(owner);
      }
      return removed;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private int leave(MemoryFeed feed, HybridTimestamp upTo, int limit) {
    List<MemoryFeed.Place> places = new ArrayList<>();
    for (int i = feed.first(HybridTimestamp.ZERO, upTo);
        i >= 0 && places.size() < limit;
        i = feed.next(i, upTo)) {
      places.add(feed.place(i));
    }
    places.forEach(this::vacate);
    budget.take("erase", -places.size() * HeapBudget.ENTRY);
    return places.size();
  }

  private static boolean isForNobody(MemoryDocument document, HybridTimestamp upTo) {
    return document.content.isErased()
        && document.places.length == 0
        && !document.content.revision().isAfter(upTo);
  }

  /** What is replaced or removed here is gone at once. */
  @Override
  public boolean scrub(long upTo) {
    return true;
  }

  private void forget(MemoryDocument tombstone) {
    documents.remove(tombstone.content.id());
    bySerial.remove(tombstone);
    budget.take(
        "purge", -HeapBudget.of(tombstone.content) - tombstone.places.length * HeapBudget.ENTRY);
    while (tombstone.places.length > 0) {
      forget(tombstone.places[tombstone.places.length - 1]);
    }
  }

  private void forget(MemoryFeed.Place place) {
    place.feed().raiseHorizon(place.position());
    vacate(place);
  }
}
