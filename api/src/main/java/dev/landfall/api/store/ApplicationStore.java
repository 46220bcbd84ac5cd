package dev.landfall.api.store;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.DocumentKey;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.Owner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One application's commit log and the projections made from it. The log is dense and append-only;
 * inserting entry n + 1 is the commit, and it is the one atomic step that is asked of a database.
 * Everything else follows from the log: after {@link #tip()} has returned commit n, whichever
 * server node made it, every other method of this object shows the effects of the commits up to n,
 * and of each later commit either nothing or everything. A commit that was acknowledged is shown by
 * every node.
 *
 * <p>Safe for concurrent use by several threads and, where the database is shared, several server
 * nodes. Every method throws {@link StoreUnavailableException} if the database does not answer in
 * time.
 */
public interface ApplicationStore {
  /** The last commit, {@link Tip#NONE} if there is none yet. It never goes back. */
  Tip tip();

  /**
   * The last commit that this store knows of without asking the database, unless it has not asked
   * yet. It may be behind the log where the database is shared; what it returns never goes back,
   * and a commit that was appended here is in it.
   */
  Tip lastKnownTip();

  /**
   * Inserts the commit after the last one: durably, atomically, once. If the log already holds an
   * entry with the number of {@code commit} and its token, this is a repetition and answered like
   * the first time.
   *
   * <p>Each document replaces what is stored under its id; each feed entry replaces the earlier
   * entry of its document in its feed.
   *
   * @throws IllegalArgumentException if {@code commit} would be next and is not what {@link Commit}
   *     says of it; nothing has changed
   * @throws StoreUnavailableException if it may or may not have happened; the same call may be made
   *     again
   */
  AppendOutcome append(Commit commit);

  /**
   * The stored documents among {@code ids}, tombstones included. One request to the database
   * whatever the number.
   */
  Map<DocumentId, StoredDocument> find(Set<DocumentId> ids);

  /**
   * The documents under {@code keys} that have entries other than revocations in {@code feeds} and
   * belong to somebody else than the feed's reader; tombstones included. One request to the
   * database whatever the number, and its cost does not depend on how many documents others have
   * under the same keys.
   */
  Set<DocumentId> foreign(Set<Feed> feeds, Set<DocumentKey> keys);

  /**
   * A piece of one or several feeds, merged: the entries after {@code after} and up to {@code
   * upTo}, oldest first, with their documents. A document that stands in several of the feeds is
   * returned for each of them.
   *
   * <p>All of it is from one moment, and a moment is the commits up to some number, whole, and none
   * after it: a document that another commit is just moving on is either still at its old place or
   * already at its new one, never at neither.
   *
   * <p>Entries with the same position are never separated: {@code after} is all that a caller keeps
   * between two pieces, so a piece that has reached a limit still takes the rest of its last
   * position. A caller bounds that by giving different documents different positions.
   *
   * @param feeds at least one
   * @param maxItems 1 to 10,000
   * @param maxBytes ends the piece after the item that reaches it; at least one item is returned if
   *     there is any
   */
  FeedPage feed(
      Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo, int maxItems, long maxBytes);

  /**
   * A piece of the entries of {@code feeds}, other than revocations, whose documents {@code query}
   * finds, after {@code after} and up to {@code upTo}: served from an index, never by reading all
   * documents. All of it is from one moment, and entries with the same position are never
   * separated, as for {@link #feed}. A document that stands in several of the feeds is returned for
   * each of them. A piece may have fewer entries than {@code limit}, even none, although more
   * follow, if it would take long to find them.
   *
   * @param feeds at least one
   * @param limit after how many entries the piece ends, 1 to 10,000
   * @return empty if the store has no room for an index
   */
  Optional<FoundPage> search(
      Set<Feed> feeds, TermQuery query, HybridTimestamp after, HybridTimestamp upTo, int limit);

  /**
   * The entries of {@code feeds}, other than revocations, of the first documents that {@code query}
   * finds in the {@linkplain DocumentId#BY_OWNER_AND_KEY order of owners and keys}: not from one
   * moment, but a document that is there and found all the time is not passed over. The entries of
   * one document are never separated.
   *
   * <p>A store without a faster way looks at all entries that are found.
   *
   * @param feeds at least one
   * @param after behind which document
   * @param limit of how many documents, 1 to 10,000; there are no others if there are fewer
   * @return empty if the store has no room for an index
   */
  default Optional<List<FeedEntry>> searchByKey(
      Set<Feed> feeds, TermQuery query, Optional<DocumentId> after, int limit) {
    FirstByKey first = new FirstByKey(after, limit);
    HybridTimestamp end = tip().clock();
    HybridTimestamp passed = HybridTimestamp.ZERO;
    for (boolean more = end.isAfter(passed); more; ) {
      Optional<FoundPage> page = search(feeds, query, passed, end, FirstByKey.PIECE);
      if (page.isEmpty()) {
        return Optional.empty();
      }
      page.get().entries().forEach(first::put);
      passed = page.get().last();
      more = page.get().more();
    }
    return Optional.of(first.entries());
  }

  /**
   * A place to divide a range of terms at, so that a search does not have to look at all of it: the
   * term of about the {@code entries}th entry in it. Only the cost of what is done with it depends
   * on how exact it is.
   *
   * @param feeds at least one
   * @param backwards whether to count from the end of the range
   * @param entries how many entries the part before is to have, or the part behind if {@code
   *     backwards}; 1 to 10,000
   * @return a term in the range; empty if the range has no more entries, or hardly more
   */
  Optional<String> divide(Set<Feed> feeds, TermRange range, boolean backwards, int entries);

  /**
   * The same, counting only entries whose documents {@code query} finds, as far as that is told
   * soon.
   */
  default Optional<String> divide(
      Set<Feed> feeds, TermRange range, TermQuery query, boolean backwards, int entries) {
    return divide(feeds, range, backwards, entries);
  }

  /**
   * A piece of all documents of all owners, in an order of the store's own, not from one moment: a
   * document that is there all the time is in exactly one piece.
   *
   * @param after empty for the first piece, then {@link DocumentScan#next} of the piece before
   * @param limit 1 to 1,000
   */
  DocumentScan scan(String after, int limit);

  /** How many entries {@link #feed} would return without limits. */
  long count(Set<Feed> feeds, HybridTimestamp after, HybridTimestamp upTo);

  /**
   * The clock of the last commit made under {@code epoch}, empty if this log holds none. A log
   * restored from a backup does not know the epochs that began after it, nor the later commits of
   * those before.
   */
  Optional<HybridTimestamp> lastOfEpoch(String epoch);

  /** The collections in which {@code owner} has or had documents, at most {@code limit} of them. */
  Set<CollectionName> collections(Owner owner, int limit);

  /**
   * What {@code owner} has in all collections, counted: its cost grows with the number of the
   * owner's documents and not with their size.
   */
  Usage usage(Owner owner);

  /**
   * Forgets some of what is left of the time before {@code before}: tombstones whose entries are
   * all from before it too, with those entries, and revocations. In the same atomic step the
   * horizon of every feed that loses an entry is raised to the position of the latest lost one.
   *
   * @param limit how many tombstones and revocations to forget at most, 1 to 10,000
   * @return how many were forgotten; fewer than {@code limit} when none are left
   */
  int purge(HybridTimestamp before, int limit);

  /**
   * A piece of what is remembered of deleted documents, oldest deletion first.
   *
   * @param after behind which revision
   * @param limit 1 to 1,000
   */
  List<Tombstone> tombstones(HybridTimestamp after, int limit);

  /**
   * Forgets those of {@code tombstones} of which there is nothing later than {@link
   * Tombstone#last()}, with their entries. In the same atomic step the horizon of every feed that
   * loses an entry is raised to the position of the latest lost one.
   *
   * @param tombstones at most 1,000
   * @return how many were forgotten
   */
  int forget(List<Tombstone> tombstones);

  /**
   * The documents of {@code owner}, tombstones included, in an order that stays.
   *
   * @param after the last one of the piece before; it may be gone since
   * @param limit 1 to 1,000
   */
  List<DocumentId> owned(Owner owner, Optional<DocumentId> after, int limit);

  /**
   * The documents whose record contains {@code text}, in an order that stays. Looks at every
   * document there is: for rare things only.
   *
   * @param text of ASCII characters
   * @param after the last one of the piece before; it may be gone since
   * @param limit 1 to 1,000
   */
  List<DocumentId> mentioning(String text, Optional<DocumentId> after, int limit);

  /**
   * Removes what is left of an owner up to a position: the entries in the feeds of which {@code
   * owner} is the reader, then the horizons of those feeds; the {@linkplain
   * StoredDocument#isErased() erased} documents of {@code owner} that stand in nobody else's feed,
   * then the names of the collections. Later entries and documents stay. What is removed does not
   * come back by a commit that is applied late.
   *
   * @param limit how many entries and documents to remove at most, 1 to 10,000
   * @return how many were removed; fewer than {@code limit} when none are left
   */
  int erase(Owner owner, HybridTimestamp upTo, int limit);

  /**
   * Lets go of the content that commits up to {@code upTo} have replaced or {@link #erase} has
   * removed, and of what was removed from the directory, wherever the store still keeps it: in its
   * log, in its files.
   *
   * @return false if that cannot be yet, because it takes another commit or the end of somebody's
   *     reading; then to be called again after one
   */
  boolean scrub(long upTo);
}
