package dev.landfall.engine.commit;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import java.util.Set;

/**
 * A commit of nothing: whoever looked at somebody's rights before it and has not committed yet must
 * look again.
 */
public record Fence() implements Submission<Boolean> {
  @Override
  public int size() {
    return 0;
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return Set.of();
  }

  @Override
  public Boolean decide(Draft draft) {
    draft.raise(draft.nextClock(""));
    return true;
  }
}
