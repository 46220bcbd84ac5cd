package dev.landfall.engine.commit;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.problem.SyncException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Does the same with each of some documents, as far as they are there. */
public abstract class EachDocument implements Submission<Integer> {
  private final Set<DocumentId> ids;

  public EachDocument(Collection<DocumentId> ids) {
    this.ids = Collections.unmodifiableSet(new LinkedHashSet<>(ids));
  }

  /**
   * Finds that it may be done.
   *
   * @throws SyncException if not
   */
  protected abstract void admit();

  /**
   * Does it with one of them.
   *
   * @return whether that has changed anything
   */
  protected abstract boolean apply(Draft draft, Document document);

  /** The clock under which a changed document is committed. */
  public static HybridTimestamp clock(Draft draft, Document document) {
    DocumentId id = document.id();
    return draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
  }

  @Override
  public final int size() {
    return ids.size();
  }

  @Override
  public final Set<DocumentId> documents(ApplicationStore store) {
    return ids;
  }

  /** How many have changed. */
  @Override
  public final Integer decide(Draft draft) {
    admit();
    int changed = 0;
    for (DocumentId id : ids) {
      Optional<Document> document = draft.document(id);
      if (document.isPresent() && apply(draft, document.get())) {
        changed++;
      }
    }
    return changed;
  }
}
