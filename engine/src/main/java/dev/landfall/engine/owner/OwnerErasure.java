package dev.landfall.engine.owner;

import dev.landfall.api.DocumentId;
import dev.landfall.api.Owner;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.api.store.Tip;
import dev.landfall.engine.commit.Committer;
import dev.landfall.engine.commit.Fence;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Erases an owner from one application. It can be broken off anywhere and is then begun again. */
public final class OwnerErasure {
  private static final int ITEMS = 100;
  private static final int ENTRIES = 1_000;

  /** What prevents one may be over after the next commit; the store tries again by itself too. */
  private static final int SCRUBS = 5;

  private final ApplicationStore store;
  private final Committer committer;

  /** In the application of {@code store}. */
  public OwnerErasure(ApplicationStore store, Committer committer) {
    this.store = store;
    this.committer = committer;
  }

  /**
   * Takes away everything there is of an owner who is gone: the documents, what others are told of
   * them, and the owner's name in the documents of others.
   *
   * @param still fails if the owner is there again; asked inside each commit
   */
  public void erase(Owner owner, Runnable still) {
    inPieces(
        after -> store.owned(owner, after, ITEMS),
        ids -> committer.submit(new Erasure(ids, still)));
    String name = '"' + owner.value() + '"';
    inPieces(
        after -> store.mentioning(name, after, ITEMS),
        ids -> committer.submit(new MentionRemoval(ids, owner, still)));
    Tip end = store.tip();
    int removed;
    do {
      still.run();
      removed = store.erase(owner, end.clock(), ENTRIES);
    } while (removed == ENTRIES);
    for (int attempt = 0; attempt < SCRUBS && !store.scrub(end.number()); attempt++) {
      committer.submit(new Fence());
    }
  }

  private static void inPieces(
      Function<Optional<DocumentId>, List<DocumentId>> list, Consumer<List<DocumentId>> work) {
    List<DocumentId> ids = list.apply(Optional.empty());
    while (!ids.isEmpty()) {
      work.accept(ids);
      ids = list.apply(Optional.of(ids.get(ids.size() - 1)));
    }
  }
}
