package dev.landfall.store.mongo;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds entries by terms as of one moment, in the way of {@link FeedReading}: of the rows that the
 * index gives, those stand whose documents are in none of the commits since; what is in one of them
 * is judged by the latest. The log is read after the index, so nothing has been missed that is not
 * among those commits. For one thread, once.
 */
final class TermSearch {
  private final TermRows rows;
  private final LogTail recent;
  private final Runnable refresh;
  private final Set<Feed> feeds;
  private final TermQuery query;
  private final String after;
  private final String upTo;
  private final int limit;

  TermSearch(
      TermRows rows,
      LogTail recent,
      Runnable refresh,
      Set<Feed> feeds,
      TermQuery query,
      HybridTimestamp after,
      HybridTimestamp upTo,
      int limit) {
    this.rows = rows;
    this.recent = recent;
    this.refresh = refresh;
    this.feeds = feeds;
    this.query = query;
    this.after = after.toString();
    this.upTo = upTo.toString();
    this.limit = limit;
  }

  /** The piece; empty if the search has to begin again, with another object. */
  Optional<FoundPage> page() {
    for (int most = limit + 1; ; most *= 4) {
      long from = recent.confirmed();
      List<EntryRow> indexed = rows.search(feeds, query, after, upTo, most);
      refresh.run();
      Optional<LogTail.View> view = recent.view(from, Set.of());
      if (view.isEmpty() || isLater(indexed, view.get())) {
        return Optional.empty();
      }
      List<EntryRow> changed = changed(view.get());
      if (isLater(changed, view.get())) {
        return Optional.empty();
      }
      boolean cut = indexed.size() == most;
      String last = cut ? beforeLast(indexed) : upTo;
      if (last.compareTo(after) > 0) {
        List<EntryRow> found = new ArrayList<>(changed);
        for (EntryRow row : indexed) {
          if (!view.get().documents().containsKey(row.place().document())) {
            found.add(row);
          }
        }
        found.removeIf(row -> !isWithin(row, last));
        FoundPage page = new FoundPage(entries(found), HybridTimestamp.parse(last), cut);
        return Optional.of(FoundPage.merged(List.of(page), limit));
      }
      if (!cut) {
        return Optional.of(FoundPage.all(List.of()));
      }
    }
  }

  /** The last position but one, of which all rows are there; before all if there is only one. */
  private static String beforeLast(List<EntryRow> rows) {
    String end = rows.get(rows.size() - 1).position();
    return rows.stream()
        .map(EntryRow::position)
        .filter(position -> position.compareTo(end) < 0)
        .max(Comparator.naturalOrder())
        .orElse("");
  }

  private boolean isWithin(EntryRow row, String last) {
    return row.position().compareTo(after) > 0 && row.position().compareTo(last) <= 0;
  }

  private static boolean isLater(Collection<EntryRow> rows, LogTail.View view) {
    return rows.stream().anyMatch(row -> row.number() > view.end());
  }

  /** Of the documents in the commits of {@code view}, the entries that are found. */
  private List<EntryRow> changed(LogTail.View view) {
    Map<EntryRow.Place, EntryRow> entered = LogTail.entries(view, feeds);
    List<EntryRow> found = new ArrayList<>();
    List<DocumentId> elsewhere = new ArrayList<>();
    for (StoredDocument document : view.documents().values()) {
      if (query.matches(document.terms())) {
        boolean everywhere = true;
        for (Feed feed : feeds) {
          EntryRow entry = entered.get(new EntryRow.Place(feed, document.id()));
          everywhere &= entry != null;
          if (entry != null && entry.kind() == FeedEntry.Kind.CHANGED) {
            found.add(entry);
          }
        }
        if (!everywhere) {
          elsewhere.add(document.id());
        }
      }
    }
    for (EntryRow row : rows.find(feeds, elsewhere)) {
      if (!entered.containsKey(row.place())) {
        found.add(row);
      }
    }
    return found;
  }

  private static List<FeedEntry> entries(List<EntryRow> found) {
    return found.stream()
        .sorted(Comparator.comparing(EntryRow::position))
        .map(
            row ->
                new FeedEntry(
                    row.place().feed(),
                    HybridTimestamp.parse(row.position()),
                    row.place().document(),
                    row.kind()))
        .toList();
  }
}
