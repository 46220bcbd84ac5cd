package dev.landfall.store.sqlite;

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
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.Tombstone;
import dev.landfall.api.store.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One application. The log and the projections change in one transaction. */
final class SqliteApplication implements ApplicationStore {
  /** How many entries of the log are kept to recognise a repetition. */
  private static final long LOG = 1_000;

  private final Database database;
  private final ApplicationName name;

  private final FeedEnds ends = new FeedEnds();

  /** Used by the writer alone. */
  private final Numbers numbers = new Numbers();

  /** Null while it is not known: at first, and after a commit that may or may not have happened. */
  private volatile @Nullable Standing standing;

  SqliteApplication(Database database, ApplicationName name) {
    this.database = database;
    this.name = name;
  }

  /**
   * Where the application stands.
   *
   * @param id 0 before the first commit
   */
  private record Standing(long id, Tip tip) {}

  @Override
  public Tip tip() {
    return standing("tip").tip();
  }

  @Override
  public Tip lastKnownTip() {
    return tip();
  }

  private Standing standing(String operation) {
    Standing known = standing;
    return known != null ? known : database.exclusively(operation, this::standing);
  }

  /** Reads it from the database if it is not known. The caller is the writer. */
  private Standing standing(Session session) throws SQLException {
    Standing known = standing;
    if (known == null) {
      known = read(session);
      standing = known;
    }
    return known;
  }

  private Standing read(Session session) throws SQLException {
    long id = session.number("SELECT id FROM applications WHERE name = ?", name.value());
    try (ResultSet rows =
        session
            .prepare(
                "SELECT number, clock FROM log WHERE application = ? ORDER BY number DESC LIMIT 1",
                id)
            .executeQuery()) {
      return new Standing(
          id,
          rows.next()
              ? new Tip(rows.getLong(1), HybridTimestamp.parse(rows.getString(2)))
              : Tip.NONE);
    }
  }

  @Override
  public AppendOutcome append(Commit commit) {
    return database.write(
        "append", session -> addsNothing(session, commit), session -> append(session, commit));
  }

  /**
   * Whether each document in {@code commit} is a tombstone, or takes no more room than before: so
   * it is with deletions, with revocations and with what is left of somebody who is gone.
   */
  private boolean addsNothing(Session session, Commit commit) throws SQLException {
    Set<DocumentId> live = new HashSet<>();
    commit.documents().stream()
        .filter(document -> !document.deleted())
        .forEach(document -> live.add(document.id()));
    Map<DocumentId, StoredDocument> before =
        new Documents(session, standing(session).id()).find(live);
    for (StoredDocument document : commit.documents()) {
      StoredDocument stored = before.get(document.id());
      if (!document.deleted() && (stored == null || size(document) > size(stored))) {
        return false;
      }
    }
    return true;
  }

  private static long size(StoredDocument document) {
    return (long) document.wire().length()
        + document.record().length()
        + document.history().length()
        + document.terms().text().length();
  }

  private AppendOutcome append(Session session, Commit commit) throws SQLException {
    Standing before = standing(session);
    if (commit.number() != before.tip().number() + 1) {
      return isRepetition(session, before, commit)
          ? AppendOutcome.APPENDED
          : AppendOutcome.NUMBER_TAKEN;
    }
    commit.checkFollows(before.tip());
    standing = null;
    boolean known = false;
    try {
      long id = session.transaction(writing -> write(writing, before, commit));
      ends.entered(commit);
      known = true;
      standing = new Standing(id, new Tip(commit.number(), commit.clock()));
      return AppendOutcome.APPENDED;
    } finally {
      if (!known) {
        forget();
      }
    }
  }

  /** What is in the database is not what it was. */
  private void forget() {
    numbers.forget();
    ends.forget();
  }

  private static boolean isRepetition(Session session, Standing standing, Commit commit)
      throws SQLException {
    return session.number(
            "SELECT count(*) FROM log WHERE application = ? AND number = ? AND token = ?",
            standing.id(),
            commit.number(),
            commit.token())
        == 1;
  }

  private long write(Session session, Standing before, Commit commit) throws SQLException {
    long id = before.id();
    if (id == 0) {
      id = session.number("INSERT INTO applications (name) VALUES (?) RETURNING id", name.value());
    }
    session.update(
        "INSERT INTO log (application, number, clock, epoch, token) VALUES (?, ?, ?, ?, ?)",
        id,
        commit.number(),
        commit.clock().toString(),
        commit.epoch(),
        commit.token());
    session.update(
        "DELETE FROM log WHERE application = ? AND number <= ?", id, commit.number() - LOG);
    session.update(
        "INSERT INTO epochs (application, epoch, clock) VALUES (?, ?, ?)"
            + " ON CONFLICT (application, epoch) DO UPDATE SET clock = excluded.clock",
        id,
        commit.epoch(),
        commit.clock().toString());
    new Projection(session, id, numbers).apply(commit);
    return id;
  }

  @Override
  public Map<DocumentId, StoredDocument> find(Set<DocumentId> ids) {
    long id = standing("find").id();
    if (id == 0 || ids.isEmpty()) {
      return Map.of();
    }
    Session.Work<Map<DocumentId, StoredDocument>> work =
        session -> new Documents(session, id).find(ids);
    return ids.size() == 1 ? database.read("find", work) : database.snapshot("find", work);
  }

  @Override
  public Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys) {
    long id = standing("foreign").id();
    if (id == 0 || keys.isEmpty()) {
      return Set.of();
    }
    return database.snapshot("foreign", session -> new Documents(session, id).foreign(feeds, keys));
  }

  @Override
  public FeedPage feed(
      Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes) {
    long since = ends.now();
    Standing standing = standing("feed");
    if (standing.id() == 0) {
      return new FeedPage(List.of(), false, HybridTimestamp.ZERO);
    }
    HybridTimestamp tip = standing.tip().clock();
    Set<Feed> open = new LinkedHashSet<>(feeds);
    HybridTimestamp horizon = HybridTimestamp.ZERO;
    for (Feed feed : feeds) {
      Optional<HybridTimestamp> known = ends.horizonOfNothing(feed, after);
      if (known.isPresent()) {
        horizon = HybridTimestamp.later(horizon, known.get());
        open.remove(feed);
      }
    }
    if (open.isEmpty()) {
      return new FeedPage(List.of(), false, horizon);
    }
    // what is not asked is known up to the tip: from the others nothing later may come either
    boolean onlyToTip = open.size() < feeds.size() && upTo.isAfter(tip);
    HybridTimestamp end = onlyToTip ? tip : upTo;
    boolean toTheEnd = !tip.isAfter(end);
    Session.Work<FeedPage> work =
        session -> {
          try (FeedReading reading = new FeedReading(session, standing.id(), open, after, end)) {
            FeedPage page = reading.page(maxItems, maxBytes);
            if (toTheEnd && !page.more()) {
              reading.tell(after, (feed, last, own) -> ends.learn(feed, since, last, own));
            }
            return page;
          }
        };
    FeedPage page =
        open.size() == 1 ? database.read("feed", work) : database.snapshot("feed", work);
    return new FeedPage(page.items(), page.more(), HybridTimestamp.later(page.horizon(), horizon));
  }

  @Override
  public Optional<FoundPage> search(
      Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit) {
    long id = standing("search").id();
    return Optional.of(
        database.snapshot(
            "search",
            session -> new TermSearch(session, id, query, after, upTo, limit).run(feeds)));
  }

  @Override
  public Optional<List<FeedEntry>> searchByKey(
      Set<Feed> feeds, TermQuery query, Optional<DocumentId> after, int limit) {
    long id = standing("search").id();
    return Optional.of(
        database.snapshot(
            "search", session -> new KeySearch(session, id, query, after, limit).run(feeds)));
  }

  @Override
  public Optional<String> divide(Set<Feed> feeds, TermRange range, boolean backwards, int entries) {
    long id = standing("divide").id();
    return database.snapshot(
        "divide",
        session ->
            new TermDivision(session, id, range, Optional.empty(), backwards)
                .after(feeds, entries));
  }

  @Override
  public Optional<String> divide(
      Set<Feed> feeds, TermRange range, TermQuery query, boolean backwards, int entries) {
    long id = standing("divide").id();
    return database.snapshot(
        "divide",
        session ->
            new TermDivision(session, id, range, Optional.of(query), backwards)
                .after(feeds, entries));
  }

  @Override
  public DocumentScan scan(String after, int limit) {
    long id = standing("scan").id();
    return database.snapshot("scan", session -> new Walk(session, id, limit).from(after));
  }

  @Override
  public long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo) {
    long id = standing("count").id();
    return database.snapshot(
        "count",
        session -> {
          long count = 0;
          for (Feed feed : feeds) {
            count +=
                session.number(
                    "SELECT count(*) FROM feed_entries WHERE feed ="
                        + " (SELECT id FROM feeds"
                        + " WHERE application = ? AND reader = ? AND collection = ?)"
                        + " AND position > ? AND position <= ?",
                    id,
                    feed.reader().text(),
                    feed.collection().value(),
                    after.toString(),
                    upTo.toString());
          }
          return count;
        });
  }

  @Override
  public Optional<HybridTimestamp> lastOfEpoch(String epoch) {
    long id = standing("last of epoch").id();
    return database.read(
        "last of epoch",
        session -> {
          try (ResultSet rows =
              session
                  .prepare(
                      "SELECT clock FROM epochs WHERE application = ? AND epoch = ?", id, epoch)
                  .executeQuery()) {
            return rows.next()
                ? Optional.of(HybridTimestamp.parse(rows.getString(1)))
                : Optional.empty();
          }
        });
  }

  @Override
  public Set<CollectionName> collections(Owner owner, int limit) {
    long id = standing("collections").id();
    return database.read(
        "collections",
        session -> {
          Set<CollectionName> found = new LinkedHashSet<>();
          try (ResultSet rows =
              session
                  .prepare(
                      "SELECT collection FROM namespaces WHERE application = ? AND owner = ?"
                          + " ORDER BY collection LIMIT ?",
                      id,
                      owner.text(),
                      limit)
                  .executeQuery()) {
            while (rows.next()) {
              found.add(new CollectionName(rows.getString(1)));
            }
          }
          return found;
        });
  }

  @Override
  public Usage usage(Owner owner) {
    long id = standing("usage").id();
    return database.read("usage", session -> usage(session, id, owner));
  }

  /** SQLite knows the length of a blob without reading it. */
  private static Usage usage(Session session, long id, Owner owner) throws SQLException {
    try (ResultSet rows =
        session
            .prepare(
                "SELECT count(*), coalesce(sum(length(d.wire)), 0) FROM namespaces n"
                    + " JOIN documents d ON d.namespace = n.id"
                    + " WHERE n.application = ? AND n.owner = ? AND d.deleted = 0",
                id,
                owner.text())
            .executeQuery()) {
      return rows.next() ? new Usage(rows.getLong(1), rows.getLong(2)) : Usage.NONE;
    }
  }

  @Override
  public int purge(HybridTimestamp before, int limit) {
    int forgotten = purge(purge -> purge.run(before, limit));
    if (forgotten < limit) {
      database.scrubIfOwed();
    }
    return forgotten;
  }

  @Override
  public List<Tombstone> tombstones(HybridTimestamp after, int limit) {
    long id = standing("tombstones").id();
    return database.snapshot("tombstones", session -> Purge.tombstones(session, id, after, limit));
  }

  @Override
  public int forget(List<Tombstone> tombstones) {
    return tombstones.isEmpty() ? 0 : purge(purge -> purge.forget(tombstones));
  }

  /** A piece of forgetting. */
  @FunctionalInterface
  private interface Forgetting {
    int in(Purge purge) throws SQLException;
  }

  private int purge(Forgetting work) {
    int forgotten =
        database.write(
            "purge",
            Database.MAKES_ROOM,
            writer -> {
              long id = standing(writer).id();
              try {
                return writer.transaction(session -> work.in(new Purge(session, id)));
              } finally {
                forget();
              }
            });
    if (forgotten > 0) {
      database.oweScrub();
    }
    return forgotten;
  }

  @Override
  public List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit) {
    long id = standing("owned").id();
    return database.snapshot(
        "owned",
        session -> new DocumentList(session, id, Optional.of(owner), "").after(after, limit));
  }

  @Override
  public List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit) {
    long id = standing("mentioning").id();
    return database.snapshot(
        "mentioning",
        session -> new DocumentList(session, id, Optional.empty(), text).after(after, limit));
  }

  @Override
  public int erase(Owner owner, HybridTimestamp upTo, int limit) {
    return database.write(
        "erase",
        Database.MAKES_ROOM,
        writer -> {
          long id = standing(writer).id();
          database.oweRewrite();
          try {
            return writer.transaction(session -> new Erasure(session, id, owner).run(upTo, limit));
          } finally {
            forget();
          }
        });
  }

  @Override
  public boolean scrub(long upTo) {
    return database.scrub();
  }
}
