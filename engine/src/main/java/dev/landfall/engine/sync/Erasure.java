package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.clock.ServerNode;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Takes away what is in documents whose owner is gone. */
final class Erasure implements Submission<Boolean> {
  private final Set<DocumentId> ids;
  private final Runnable still;

  /**
   * An erasure.
   *
   * @param still fails if the owner is there again
   */
  Erasure(Collection<DocumentId> ids, Runnable still) {
    this.ids = new LinkedHashSet<>(ids);
    this.still = still;
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return ids;
  }

  @Override
  public Boolean decide(Draft draft) {
    still.run();
    for (DocumentId id : ids) {
      HybridTimestamp clock = draft.nextClock(ServerNode.scope(id.owner(), id.collection()));
      draft.document(id).ifPresent(document -> draft.erase(document, clock));
    }
    return true;
  }
}
