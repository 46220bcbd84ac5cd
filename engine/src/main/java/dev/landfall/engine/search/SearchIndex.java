package dev.landfall.engine.search;

import dev.landfall.api.Bytes;
import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Directory;
import dev.landfall.api.store.DirectoryRecord;
import dev.landfall.api.store.DocumentScan;
import dev.landfall.api.store.StoredDocument;
import dev.landfall.engine.commit.ApplicationDefinition;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.index.IndexedFields;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether all documents of an application are found by what this server would find them by, and
 * what makes it so. What it is has to be written down for all nodes: under which configuration the
 * documents have last been gone through. Safe for concurrent use.
 */
public final class SearchIndex {
  private static final String KIND = "searchIndex";
  private static final int PIECE = 200;

  private final ApplicationDefinition definition;
  private final ApplicationStore store;
  private final Directory directory;
  private final Committer committer;
  private final Bytes fingerprint;
  private volatile boolean complete;

  public SearchIndex(
      ApplicationDefinition definition,
      ApplicationStore store,
      Directory directory,
      Committer committer) {
    this.definition = definition;
    this.store = store;
    this.directory = directory;
    this.committer = committer;
    TreeMap<String, String> indexes = new TreeMap<>();
    definition
        .collections()
        .forEach((name, one) -> indexes.put(name.value(), one.indexes().toString()));
    this.fingerprint = Bytes.utf8(IndexedFields.version(indexes.toString()));
  }

  /** Whether every document is in it. */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Puts every document in it that is not. Other nodes may do the same at the same time, and
   * clients may write.
   */
  public void complete() {
    Optional<DirectoryRecord> record = directory.find(KIND, definition.name().value());
    if (record.map(known -> known.content().equals(fingerprint)).orElse(false)) {
      complete = true;
      return;
    }
    String after = "";
    do {
      DocumentScan scan = store.scan(after, PIECE);
      Set<DocumentId> ids = new LinkedHashSet<>();
      for (StoredDocument document : scan.documents()) {
        ids.add(document.id());
        if (ids.size() == PIECE) {
          committer.submit(new Indexing(ids));
          ids = new LinkedHashSet<>();
        }
      }
      if (!ids.isEmpty()) {
        committer.submit(new Indexing(ids));
      }
      after = scan.next();
    } while (!after.isEmpty());
    directory.write(
        new DirectoryRecord(
            KIND,
            definition.name().value(),
            record.map(DirectoryRecord::version).orElse(0L) + 1,
            fingerprint));
    complete = true;
  }
}
