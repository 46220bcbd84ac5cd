package dev.landfall.engine.commit;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.problem.SyncException;
import java.util.Set;

/** Something that wants to become part of a commit. */
public interface Submission<T> {
  /** How many documents it may store. */
  int size();

  /** For whom; authors take turns. Empty for the server itself. */
  default String author() {
    return "";
  }

  /**
   * The documents it looks at, in the order in which it does.
   *
   * @param store at the commit before
   */
  Set<DocumentId> documents(ApplicationStore store);

  /** The commit's clocks have to be later than this. */
  default HybridTimestamp floor() {
    return HybridTimestamp.ZERO;
  }

  /**
   * Decides what to store. Called again, with newer documents, if another commit came first; has no
   * effect but on {@code draft}.
   *
   * @throws SyncException if the request fails; nothing of it is stored then
   */
  T decide(Draft draft);
}
