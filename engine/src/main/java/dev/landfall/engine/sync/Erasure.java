package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.engine.document.Document;
import java.util.Collection;

/** Takes away what is in documents whose owner is gone. */
final class Erasure extends EachDocument {
  private final Runnable still;

  /**
   * An erasure.
   *
   * @param still fails if the owner is there again
   */
  Erasure(Collection<DocumentId> ids, Runnable still) {
    super(ids);
    this.still = still;
  }

  @Override
  void admit() {
    still.run();
  }

  @Override
  boolean apply(Draft draft, Document document) {
    draft.erase(document, clock(draft, document));
    return true;
  }
}
