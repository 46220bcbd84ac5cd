package dev.landfall.engine.transfer;

import dev.landfall.api.CollectionName;
import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.json.JsonObject;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Feed;
import dev.landfall.api.store.FeedItem;
import dev.landfall.api.store.FeedPage;
import dev.landfall.engine.commit.Acceptance;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.CollectionLimit;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.commit.ShareQuota;
import dev.landfall.engine.commit.SyncSettings;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.sharing.SharingGuard;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One import into one application: first everything is checked, then the documents are written,
 * then who reads them is restored, then, if it replaces, the rest is deleted. Each call is one
 * commit, so that an import that breaks off has done a part, and repeating it does the whole. For
 * one thread.
 */
public final class Importing {
  /** How many documents are brought at a time, at most. */
  public static final int BATCH = 500;

  private static final long REMOVAL_BYTES = 1024 * 1024;

  private final ApplicationDefinition definition;
  private final ApplicationStore store;
  private final SyncSettings settings;
  private final Committer committer;
  private final CollectionLimit collections;
  private final Caller caller;
  private final SharingGuard guard;
  private final HybridTimestamp start;

  public Importing(
      ApplicationDefinition definition,
      ApplicationStore store,
      SyncSettings settings,
      Committer committer,
      CollectionLimit collections,
      Caller caller,
      SharingGuard guard) {
    this.definition = definition;
    this.store = store;
    this.settings = settings;
    this.committer = committer;
    this.collections = collections;
    this.caller = caller;
    this.guard = guard;
    this.start = store.tip().clock();
  }

  /** What is wrong with a document; nothing has been read or stored. */
  public Optional<SyncException> problem(CollectionName collection, JsonObject fields) {
    return acceptance(collection).problem(fields);
  }

  private Acceptance acceptance(CollectionName collection) {
    return new Acceptance(settings.limits(), definition.collection(collection).schema());
  }

  /**
   * Finds that the importer may have these collections.
   *
   * @throws SyncException if they are too many
   */
  public void checkCollections(Set<CollectionName> names) {
    collections.check(caller.owner(), names, "docs");
  }

  /**
   * Writes documents as edits made now.
   *
   * @param documents at most {@link #BATCH}, each once; nothing is wrong with them
   * @param replaces whether fields that they do not have are removed
   */
  public void write(List<Incoming.Fields> documents, boolean replaces) {
    committer.submit(new Import(caller, documents, replaces, this::isValid, settings.history()));
  }

  private boolean isValid(DocumentId id, JsonObject fields) {
    return acceptance(id.collection()).accepts(fields);
  }

  /**
   * What became of index entries.
   *
   * @param shared documents that others read as the file says
   * @param withheld documents that they do not, because there is no such document or the importer
   *     may not let them
   */
  public record Shared(int shared, int withheld) {}

  /** Restores who reads documents, and since when there are such. */
  public Shared share(List<Incoming.Entry> entries) {
    ImportedSharing.Outcome outcome =
        committer.submit(
            new ImportedSharing(
                caller, entries, guard, () -> ShareQuota.room(settings, store, caller.owner())));
    return new Shared(outcome.shared(), outcome.withheld());
  }

  /** Deletes what was there when this import began and has not been written since; how many. */
  public int removeOthers() {
    OwnedDocuments owned = new OwnedDocuments(definition.name(), store, caller.owner());
    int removed = 0;
    for (CollectionName collection : owned.collections()) {
      Set<Feed> feed = Set.of(new Feed(caller.owner(), collection));
      HybridTimestamp position = HybridTimestamp.ZERO;
      boolean more = true;
      while (more) {
        FeedPage page = store.feed(feed, position, start, BATCH, REMOVAL_BYTES);
        Set<DocumentId> ids = new LinkedHashSet<>();
        for (FeedItem item : page.items()) {
          position = item.entry().position();
          if (owned.isLiving(item)) {
            ids.add(item.entry().document());
          }
        }
        if (!ids.isEmpty()) {
          removed += committer.submit(new DeleteUntouched(caller, ids, start, settings.history()));
        }
        more = page.more();
      }
    }
    return removed;
  }
}
