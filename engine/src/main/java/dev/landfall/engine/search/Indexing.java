package dev.landfall.engine.search;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.Submission;
import java.util.Set;

/** Makes some documents be found by what they would be found by if they were written now. */
final class Indexing implements Submission<Boolean> {
  private final Set<DocumentId> ids;

  Indexing(Set<DocumentId> ids) {
    this.ids = ids;
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
    ids.forEach(draft::index);
    return true;
  }
}
