package dev.landfall.engine.owner;

import dev.landfall.api.DocumentId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import java.util.Collection;

/** Takes away what is in documents whose owner is gone. */
public final class Erasure extends EachDocument {
  private final Runnable still;

  /**
   * An erasure.
   *
   * @param still fails if the owner is there again
   */
  public Erasure(Collection<DocumentId> ids, Runnable still) {
    super(ids);
    this.still = still;
  }

  @Override
  protected void admit() {
    still.run();
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    draft.erase(document, clock(draft, document));
    return true;
  }
}
