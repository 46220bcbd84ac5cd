package dev.landfall.engine.transfer;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Usage;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.document.Visibility;
import dev.landfall.engine.document.WireForm;
import dev.landfall.engine.sharing.ShareChange;
import dev.landfall.engine.sharing.SharingGuard;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Lets those read documents whom a file names, as far as the importer may decide that. */
final class ImportedSharing implements Submission<ImportedSharing.Outcome> {
  private final Caller caller;
  private final List<Incoming.Entry> entries;
  private final SharingGuard guard;
  private final Supplier<Usage> room;

  /**
   * A part of an import.
   *
   * @param room how many more of the owner's documents may be public, and their bytes
   */
  ImportedSharing(
      Caller caller, List<Incoming.Entry> entries, SharingGuard guard, Supplier<Usage> room) {
    this.caller = caller;
    this.entries = List.copyOf(entries);
    this.guard = guard;
    this.room = room;
  }

  /**
   * What became of it.
   *
   * @param shared documents that others read as the file says
   * @param withheld documents that they do not, because there is no such document or the importer
   *     may not let them
   */
  record Outcome(int shared, int withheld) {}

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public String author() {
    return caller.user().value();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    Set<DocumentId> ids = new LinkedHashSet<>();
    entries.forEach(entry -> ids.add(id(entry)));
    return ids;
  }

  @Override
  public Outcome decide(Draft draft) {
    caller.admit();
    Optional<Usage> left = Optional.empty();
    int shared = 0;
    int withheld = 0;
    for (Incoming.Entry entry : entries) {
      Optional<Document> document = draft.document(id(entry)).filter(one -> !one.isDeleted());
      if (document.isEmpty() || !document.get().index().creator().equals(caller.user())) {
        withheld += entry.says() && !isSo(entry, document) ? 1 : 0;
        continue;
      }
      Sharing before = document.get().index().sharing();
      Sharing asked = entry.sharing().apply(before);
      if (publishes(before, asked)) {
        Usage size = new Usage(1, WireForm.of(document.get()).length());
        Usage rest = left.orElseGet(room).minus(size);
        if (rest.documents() < 0 || rest.bytes() < 0) {
          asked = asked.withVisibility(Visibility.PRIVATE, Optional.empty());
        } else {
          left = Optional.of(rest);
        }
      }
      DocumentId id = document.get().id();
      HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
      Sharing after = ShareChange.settled(asked, before, caller.user(), clock, guard);
      store(draft, document.get(), index(document.get().index(), entry, after), clock);
      if (after.visibility() != Visibility.PRIVATE) {
        shared++;
      } else if (entry.says()) {
        withheld++;
      }
    }
    return new Outcome(shared, withheld);
  }

  /** Whether somebody else's document is shared like that already. */
  private boolean isSo(Incoming.Entry entry, Optional<Document> document) {
    return document
        .map(one -> one.index().sharing())
        .filter(
            sharing ->
                entry
                    .sharing()
                    .apply(sharing)
                    .settled(sharing, caller.user(), HybridTimestamp.ZERO, blocker -> false)
                    .equals(sharing))
        .isPresent();
  }

  private static boolean publishes(Sharing before, Sharing after) {
    return after.visibility() == Visibility.PUBLIC && before.visibility() != Visibility.PUBLIC;
  }

  private static Document.IndexEntry index(
      Document.IndexEntry now, Incoming.Entry entry, Sharing sharing) {
    return new Document.IndexEntry(
        entry.creator().orElse(now.creator()),
        Math.min(now.createdMillis(), entry.createdMillis().orElse(now.createdMillis())),
        now.updatedMillis(),
        sharing,
        now.version());
  }

  private static void store(
      Draft draft, Document document, Document.IndexEntry index, HybridTimestamp clock) {
    if (index.equals(document.index())) {
      return;
    }
    DocumentId id = document.id();
    draft.share(document.with(index), draft.history(id), clock);
  }

  private DocumentId id(Incoming.Entry entry) {
    return new DocumentId(caller.owner(), entry.collection(), entry.key());
  }
}
