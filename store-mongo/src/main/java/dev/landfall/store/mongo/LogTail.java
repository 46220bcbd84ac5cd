package dev.landfall.store.mongo;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.Commit;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Terms;
import dev.landfall.api.store.Tip;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one node knows of the end of a log: the last commit, up to which commit all are applied for
 * certain, and the last commits themselves without a gap, among them every one that may not be
 * applied yet. Safe for concurrent use.
 */
final class LogTail {
  /** How much is kept of what is applied. */
  private static final long KEPT_BYTES = 8L << 20;

  /** How much may wait for the node that made it to apply it, and how long, before we do. */
  private static final long PENDING_BYTES = 16L << 20;

  private static final int PENDING_COMMITS = 100;
  private static final long PENDING_NANOS = 1_000_000_000L;
  private static final long ROW_BYTES = 300;
  private static final long TERM_BYTES = 16;
  private static final int MAX_WITHOUT_FOREIGN = 100_000;

  private @Nullable Tip known;
  private long learned;
  private long confirmed;
  private final Set<Long> appliedBeyond = new HashSet<>();
  private final ArrayDeque<Held> commits = new ArrayDeque<>();
  private final Map<DocumentId, Version> latest = new HashMap<>();
  private final Set<Feed> withoutForeign = new HashSet<>();
  private long bytes;

  private record Held(Commit commit, long bytes, long since) {}

  private record Version(long number, StoredDocument document) {}

  /**
   * The end of the log at one moment, that of commit {@code end}.
   *
   * @param commits those asked for, oldest first
   * @param documents as of that moment, of those that were asked for and that {@code commits} hold
   */
  record View(long end, List<Commit> commits, Map<DocumentId, StoredDocument> documents) {}

  /** The last commit known of; empty if this has not started. */
  synchronized Optional<Tip> known() {
    return Optional.ofNullable(known);
  }

  /** Up to which commit all are applied, whoever did it. */
  synchronized long confirmed() {
    return confirmed;
  }

  /** When somebody last looked at the end of the log, by {@link System#nanoTime()}. */
  synchronized long learned() {
    return learned;
  }

  synchronized void learned(long nanos) {
    if (nanos - learned > 0) {
      learned = nanos;
    }
  }

  /** Starts at a commit up to which all are applied; nothing happens if this has started. */
  synchronized void start(Tip base) {
    if (known == null) {
      known = base;
      learned = System.nanoTime();
      confirmed = base.number();
    }
  }

  /** Forgets everything, if the last commit known of is still {@code expected}. */
  synchronized void forget(Tip expected) {
    if (expected.equals(known)) {
      known = null;
      confirmed = 0;
      appliedBeyond.clear();
      commits.clear();
      latest.clear();
      withoutForeign.clear();
      bytes = 0;
    }
  }

  /**
   * Takes the next commit; one that is known already is left alone.
   *
   * @param applied up to which commit all were applied when it was made
   * @return false if there is a gap before it
   */
  synchronized boolean add(Commit commit, long applied) {
    if (known == null || commit.number() > known.number() + 1) {
      return false;
    }
    if (commit.number() == known.number() + 1) {
      long size = 0;
      for (StoredDocument document : commit.documents()) {
        size += bytes(document);
        latest.put(document.id(), new Version(commit.number(), document));
      }
      for (FeedEntry entry : commit.entries()) {
        if (EntryRow.isForeign(entry)) {
          withoutForeign.remove(entry.feed());
        }
      }
      size += ROW_BYTES * (1 + commit.entries().size());
      commits.add(new Held(commit, size, System.nanoTime()));
      bytes += size;
      known = new Tip(commit.number(), commit.clock());
    }
    if (applied > confirmed) {
      confirmed = applied;
    }
    settle();
    return true;
  }

  /**
   * Notes that no document of somebody else stands in {@code feeds}, as of commit {@code end}.
   * Nothing is noted if there has been another commit since.
   */
  synchronized void withoutForeign(Collection<Feed> feeds, long end) {
    if (known != null && known.number() == end) {
      if (withoutForeign.size() > MAX_WITHOUT_FOREIGN) {
        withoutForeign.clear();
      }
      withoutForeign.addAll(feeds);
    }
  }

  /** Those of {@code feeds} in which documents of somebody else may stand. */
  synchronized Set<Feed> perhapsForeign(Set<Feed> feeds) {
    if (known == null) {
      return feeds;
    }
    Set<Feed> perhaps = new HashSet<>(feeds);
    perhaps.removeAll(withoutForeign);
    return perhaps;
  }

  /** Notes that all of the commit with that number is applied. */
  synchronized void applied(long number) {
    if (number > confirmed) {
      appliedBeyond.add(number);
      settle();
    }
  }

  synchronized boolean isApplied(long number) {
    return number <= confirmed || appliedBeyond.contains(number);
  }

  private void settle() {
    appliedBeyond.removeIf(number -> number <= confirmed);
    while (appliedBeyond.remove(confirmed + 1)) {
      confirmed++;
    }
    while (bytes > KEPT_BYTES
        && !commits.isEmpty()
        && commits.element().commit().number() <= confirmed) {
      Held oldest = commits.remove();
      bytes -= oldest.bytes();
      for (StoredDocument document : oldest.commit().documents()) {
        Version version = latest.get(document.id());
        if (version != null && version.number() == oldest.commit().number()) {
          latest.remove(document.id());
        }
      }
    }
  }

  /** The token of a commit, if it is held. */
  synchronized Optional<String> token(long number) {
    for (Iterator<Held> held = commits.descendingIterator(); held.hasNext(); ) {
      Commit commit = held.next().commit();
      if (commit.number() <= number) {
        return commit.number() == number ? Optional.of(commit.token()) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /**
   * The commits after {@code from}, and the latest versions of documents if they are held; empty if
   * one of the commits is not held any more.
   */
  synchronized Optional<View> view(long from, Collection<DocumentId> documents) {
    if (known == null) {
      return Optional.empty();
    }
    long first = known.number() + 1 - commits.size();
    if (from + 1 < first) {
      return Optional.empty();
    }
    ArrayDeque<Commit> asked = new ArrayDeque<>();
    Map<DocumentId, StoredDocument> versions = new HashMap<>();
    for (Iterator<Held> held = commits.descendingIterator(); held.hasNext(); ) {
      Commit commit = held.next().commit();
      if (commit.number() <= from) {
        break;
      }
      asked.addFirst(commit);
      commit.documents().forEach(document -> versions.putIfAbsent(document.id(), document));
    }
    for (DocumentId id : documents) {
      Version version = latest.get(id);
      if (version != null) {
        versions.put(id, version.document());
      }
    }
    return Optional.of(new View(known.number(), List.copyOf(asked), versions));
  }

  /** The commits that nobody is known to have applied. */
  synchronized List<Commit> pending() {
    List<Commit> pending = new ArrayList<>();
    for (Held held : commits) {
      if (!isApplied(held.commit().number())) {
        pending.add(held.commit());
      }
    }
    return pending;
  }

  /** Whether it is time to apply what others have made. */
  synchronized boolean isDue() {
    if (known == null || known.number() == confirmed) {
      return false;
    }
    long waiting = 0;
    int number = 0;
    boolean old = false;
    for (Iterator<Held> all = commits.descendingIterator(); all.hasNext(); ) {
      Held held = all.next();
      if (held.commit().number() <= confirmed) {
        break;
      }
      waiting += held.bytes();
      number++;
      old |= System.nanoTime() - held.since() > PENDING_NANOS;
    }
    return old || waiting > PENDING_BYTES || number > PENDING_COMMITS;
  }

  /** The entries of {@code commits} in some feeds, each document's last one. */
  static Map<EntryRow.Place, EntryRow> entries(View view, Set<?> feeds) {
    Map<EntryRow.Place, EntryRow> entries = new HashMap<>();
    for (Commit commit : view.commits()) {
      for (FeedEntry entry : commit.entries()) {
        if (feeds.contains(entry.feed())) {
          EntryRow.Place place = new EntryRow.Place(entry.feed(), entry.document());
          entries.put(
              place,
              new EntryRow(place, entry.position().toString(), commit.number(), entry.kind(), 0));
        }
      }
    }
    return entries;
  }

  static long bytes(StoredDocument document) {
    return ROW_BYTES
        + document.wire().length()
        + document.record().length()
        + document.history().length()
        + bytes(document.terms());
  }

  static long bytes(Terms terms) {
    long bytes = 0;
    for (String term : terms.values()) {
      bytes += TERM_BYTES + term.length();
    }
    return bytes;
  }
}
