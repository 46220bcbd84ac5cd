package dev.landfall.engine.sync;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import java.util.Set;

/** Something that wants to become part of a commit. */
interface Submission<T> {
  /** The documents it looks at. */
  Set<DocumentId> documents();

  /** The commit's clocks have to be later than this. */
  HybridTimestamp floor();

  /**
   * Decides what to store. Called again, with newer documents, if another commit came first; has no
   * effect but on {@code draft}.
   *
   * @throws SyncException if the request fails; nothing of it is stored then
   */
  T decide(Draft draft);
}
