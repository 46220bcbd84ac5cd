package dev.landfall.store.mongo;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.Tip;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a piece of some feeds as of one moment, without a transaction. What is scanned while
 * commits are being applied is of no moment; but every commit whose effects can have been seen, or
 * missed, is in the log by then. So those after the one up to which everything was applied when the
 * reading began are laid over what was scanned, whole. ADR 8 says why that is exact. For one
 * thread, once.
 */
final class FeedReading {
  private static final int MAX_ROUNDS = 200;
  private static final Comparator<EntryRow> BY_POSITION = Comparator.comparing(EntryRow::position);

  private final Projection projection;
  private final LogTail recent;
  private final Runnable refresh;
  private final Set<Feed> feeds;
  private final String after;
  private final String upTo;
  private final int maxItems;
  private final long maxBytes;

  private final Map<EntryRow.Place, EntryRow> scanned = new HashMap<>();
  private final Map<DocumentId, StoredDocument> loaded = new HashMap<>();
  private HybridTimestamp horizon = HybridTimestamp.ZERO;
  private int limit;

  /** All entries up to this position have been scanned, if not those up to the end. */
  private String reached;

  private boolean atEnd;

  /** The latest commit of which something has been seen. */
  private long seen;

  private final List<FeedItem> items = new ArrayList<>();
  private boolean more;

  FeedReading(
      Projection projection,
      LogTail recent,
      Runnable refresh,
      Set<Feed> feeds,
      HybridTimestamp after,
      HybridTimestamp upTo,
      int maxItems,
      long maxBytes) {
    this.projection = projection;
    this.recent = recent;
    this.refresh = refresh;
    this.feeds = feeds;
    this.after = after.toString();
    this.upTo = upTo.toString();
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
    this.limit = maxItems + feeds.size() + 1;
    this.reached = this.after;
  }

  /** The page; empty if the reading has to begin again, with another object. */
  Optional<FeedPage> page() {
    long from = recent.confirmed();
    scan();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<LogTail.View> view = recent.view(from, documents());
      if (view.isEmpty()) {
        return Optional.empty();
      }
      if (seen > view.get().end()) {
        refresh.run();
        continue;
      }
      List<EntryRow> entries = entries(view.get());
      int missing = assemble(entries, view.get());
      if (missing >= 0) {
        if (!load(entries.subList(missing, entries.size()), view.get())) {
          return Optional.empty();
        }
      } else if (more || atEnd) {
        return Optional.of(new FeedPage(items, more, horizon()));
      } else {
        scan();
      }
    }
    return Optional.empty();
  }

  /** How many entries there are in all; empty if the reading has to begin again. */
  Optional<Long> count() {
    long from = recent.confirmed();
    limit = Integer.MAX_VALUE - 1;
    scan();
    if (seen > recent.known().orElse(Tip.NONE).number()) {
      refresh.run();
    }
    return recent
        .view(from, Set.of())
        .filter(view -> seen <= view.end())
        .map(view -> (long) entries(view).size());
  }

  /**
   * Scans on, to the end if the limit allows: what has moved behind {@code upTo} is to be seen
   * there, or nobody would know that it is missing here.
   */
  private void scan() {
    FeedEntries.Scan scan = projection.entries().scan(feeds, reached, limit);
    horizon = HybridTimestamp.later(horizon, scan.horizon());
    atEnd = scan.size() < limit;
    List<EntryRow> entries = scan.entries();
    // The last position of a scan that was cut off may be incomplete.
    String cut = atEnd || entries.isEmpty() ? "" : entries.get(entries.size() - 1).position();
    String end = reached;
    for (EntryRow row : entries) {
      if (!row.position().equals(cut)) {
        scanned.merge(row.place(), row, (a, b) -> a.number() > b.number() ? a : b);
        end = row.position();
        seen = Math.max(seen, row.number());
      }
    }
    if (!atEnd) {
      if (end.equals(reached)) {
        limit *= 2;
      }
      reached = end;
      refresh.run(); // what has moved behind the cut was not seen
    }
  }

  private Set<DocumentId> documents() {
    Set<DocumentId> ids = new HashSet<>(scanned.size() * 2);
    scanned.keySet().forEach(place -> ids.add(place.document()));
    return ids;
  }

  /** What stands in the part of the feeds that is both asked for and scanned. */
  private List<EntryRow> entries(LogTail.View view) {
    Map<EntryRow.Place, EntryRow> all = new HashMap<>(scanned);
    all.putAll(LogTail.entries(view, feeds));
    List<EntryRow> entries = new ArrayList<>(all.size());
    for (EntryRow row : all.values()) {
      if (row.position().compareTo(after) > 0
          && row.position().compareTo(upTo) <= 0
          && (atEnd || row.position().compareTo(reached) <= 0)) {
        entries.add(row);
      }
    }
    entries.sort(BY_POSITION);
    return entries;
  }

  /** Makes the items; returns the index of the entry whose document is missing, -1 if none is. */
  private int assemble(List<EntryRow> entries, LogTail.View view) {
    items.clear();
    more = false;
    long bytes = 0;
    String last = "";
    for (int i = 0; i < entries.size(); i++) {
      EntryRow entry = entries.get(i);
      boolean full = items.size() >= maxItems || (bytes >= maxBytes && !items.isEmpty());
      if (full && !entry.position().equals(last)) {
        more = true;
        return -1;
      }
      DocumentId id = entry.place().document();
      StoredDocument document = view.documents().getOrDefault(id, loaded.get(id));
      if (document == null) {
        return i;
      }
      FeedItem item = item(entry, document);
      items.add(item);
      bytes += item.wire().length();
      last = entry.position();
    }
    return -1;
  }

  private static FeedItem item(EntryRow row, StoredDocument document) {
    FeedEntry entry =
        new FeedEntry(
            row.place().feed(), HybridTimestamp.parse(row.position()), document.id(), row.kind());
    boolean revoked = row.kind() == FeedEntry.Kind.REVOKED;
    return new FeedItem(
        entry, document.revision(), document.deleted(), revoked ? Bytes.EMPTY : document.wire());
  }

  /**
   * Reads the documents that are likely to have room; false if one has been forgotten meanwhile, of
   * which the horizon read so far tells nothing.
   */
  private boolean load(List<EntryRow> entries, LogTail.View view) {
    Set<DocumentId> wanted = new HashSet<>();
    long bytes = 0;
    for (EntryRow entry : entries) {
      DocumentId id = entry.place().document();
      if (!view.documents().containsKey(id) && !loaded.containsKey(id)) {
        wanted.add(id);
      }
      bytes += entry.bytes();
      if (bytes >= maxBytes || wanted.size() >= maxItems) {
        break;
      }
    }
    int found = 0;
    for (Documents.Row row : projection.documents().findWires(wanted)) {
      if (!row.forgotten()) {
        loaded.put(row.document().id(), row.document());
        found++;
      }
      seen = Math.max(seen, row.number());
    }
    return found == wanted.size();
  }

  private HybridTimestamp horizon() {
    return atEnd ? horizon : HybridTimestamp.later(horizon, projection.entries().horizon(feeds));
  }
}
