package dev.landfall.engine.commit;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import java.util.Set;

/**
 * A commit of nothing, so that whoever is told milliseconds alone has heard of all that happened in
 * the last one: the answer is a millisecond after which every later commit is.
 */
public record MillisecondBarrier() implements Submission<Long> {
  @Override
  public int size() {
    return 0;
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return Set.of();
  }

  @Override
  public Long decide(Draft draft) {
    return draft.endMillisecond();
  }
}
