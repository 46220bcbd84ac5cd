package dev.landfall.commands;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationContents;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.CopyableStore;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedEntry;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.api.store.FoundPage;
import dev.landfall.api.store.StoreBackend;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.api.store.TermQuery;
import dev.landfall.api.store.TermRange;
import dev.landfall.api.store.Tip;
import dev.landfall.api.store.VerifiableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads all of a store and compares what is stored twice: documents, the log, the feeds in which
 * documents stand, and the terms by which they are found.
 */
final class StoreCheck {
  private static final int PIECE = 500;
  private static final int MOST = 50;

  private final StoreBackend store;
  private final List<String> problems = new ArrayList<>();
  private long documents;

  StoreCheck(StoreBackend store) {
    this.store = store;
  }

  /** What is wrong, a sentence each and the first fifty. */
  List<String> run() {
    if (store instanceof VerifiableStore verifiable) {
      verifiable.verify().forEach(this::wrong);
    }
    for (ApplicationName application : store.applications()) {
      check(application);
    }
    return List.copyOf(problems);
  }

  /** How many were read. */
  long documents() {
    return documents;
  }

  private void wrong(String what) {
    if (problems.size() < MOST) {
      problems.add(what);
    }
  }

  private void check(ApplicationName application) {
    ApplicationStore read = store.application(application);
    ApplicationContents contents = ((CopyableStore) store).contents(application);
    Tip tip = read.tip();
    String name = application.value() + ": ";
    Optional<HybridTimestamp> last =
        contents.epochs().values().stream().max(HybridTimestamp::compareTo);
    if (!last.equals(tip.number() == 0 ? Optional.empty() : Optional.of(tip.clock()))) {
      wrong(name + "the last epoch does not end where the log ends.");
    }
    contents
        .horizons()
        .forEach(
            (feed, horizon) -> {
              if (horizon.isAfter(tip.clock())) {
                wrong(name + "a horizon is after the end of the log: " + feed);
              }
            });
    String after = "";
    do {
      DocumentScan piece = read.scan(after, PIECE);
      check(name, read, contents, tip, piece.documents());
      documents += piece.documents().size();
      after = piece.next();
    } while (!after.isEmpty());
  }

  private void check(
      String name,
      ApplicationStore read,
      ApplicationContents contents,
      Tip tip,
      List<StoredDocument> piece) {
    Map<DocumentId, StoredDocument> byId =
        piece.stream().collect(Collectors.toMap(StoredDocument::id, it -> it));
    Map<DocumentId, List<FeedEntry>> standing = new HashMap<>();
    for (FeedEntry entry : contents.entries(byId.keySet())) {
      standing.computeIfAbsent(entry.document(), id -> new ArrayList<>()).add(entry);
    }
    Map<DocumentId, StoredDocument> found = read.find(byId.keySet());
    for (StoredDocument document : piece) {
      DocumentId id = document.id();
      if (!document.equals(found.get(id))) {
        wrong(name + "it is not found as it is listed: " + id);
      }
      if (document.revision().isAfter(tip.clock())) {
        wrong(name + "its revision is after the end of the log: " + id);
      }
      List<FeedEntry> entries = standing.getOrDefault(id, List.of());
      if (!document.deleted() && entries.stream().noneMatch(StoreCheck::isOfOwner)) {
        wrong(name + "it is not in the feed of its owner: " + id);
      }
      for (FeedEntry entry : entries) {
        check(name, read, tip, document, entry);
      }
    }
  }

  private static boolean isOfOwner(FeedEntry entry) {
    return entry.feed().reader().equals(entry.document().owner())
        && entry.kind() == FeedEntry.Kind.CHANGED;
  }

  private void check(
      String name, ApplicationStore read, Tip tip, StoredDocument document, FeedEntry entry) {
    DocumentId id = document.id();
    if (entry.position().isAfter(tip.clock())) {
      wrong(name + "it stands after the end of the log: " + id + " in " + entry.feed());
      return;
    }
    HybridTimestamp before = before(entry.position());
    FeedPage page = read.feed(Set.of(entry.feed()), before, entry.position(), 1, 1);
    List<FeedItem> items =
        page.items().stream().filter(item -> item.entry().equals(entry)).toList();
    if (items.size() != 1) {
      wrong(name + "its feed does not have it where it stands: " + id + " in " + entry.feed());
    }
    if (entry.kind() == FeedEntry.Kind.CHANGED && !document.deleted()) {
      List<String> terms = document.terms().values();
      if (!terms.isEmpty()
          && !(isFound(read, entry, before, terms.get(0))
              && isFound(read, entry, before, terms.get(terms.size() - 1)))) {
        wrong(name + "a search does not find it: " + id + " in " + entry.feed());
      }
    }
  }

  private static boolean isFound(
      ApplicationStore read, FeedEntry entry, HybridTimestamp before, String term) {
    TermQuery query = new TermQuery(List.of(List.of(TermRange.of(term))));
    Feed feed = entry.feed();
    return read.search(Set.of(feed), query, before, entry.position(), PIECE)
        .map(FoundPage::entries)
        .map(entries -> entries.contains(entry))
        .orElse(true);
  }

  /** No position is between this and {@code position}: clocks of one millisecond are numbered. */
  private static HybridTimestamp before(HybridTimestamp position) {
    return position.sequence() > 0
        ? new HybridTimestamp(position.millis(), position.sequence() - 1, "~")
        : new HybridTimestamp(position.millis() - 1, HybridTimestamp.MAX_SEQUENCE, "~");
  }
}
