package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Caller;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import dev.landfall.engine.problem.SyncException;
import dev.landfall.engine.problem.SyncProblem;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Somebody lets go of a document that was shared with them. */
public final class Leaving implements Submission<Document> {
  private final Caller caller;
  private final Set<DocumentId> places;

  /**
   * A leaving.
   *
   * @param places the documents that are meant, as far as the caller reads them
   */
  public Leaving(Caller caller, Collection<DocumentId> places) {
    this.caller = caller;
    this.places = Set.copyOf(places);
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return places;
  }

  @Override
  public Document decide(Draft draft) {
    caller.admit();
    List<Document> granted =
        places.stream()
            .flatMap(id -> draft.document(id).stream())
            .filter(document -> !rest(document).equals(document.index().sharing()))
            .filter(caller::reads)
            .toList();
    if (granted.isEmpty()) {
      throw new SyncException(SyncProblem.NOT_FOUND, "no such document is shared with you");
    }
    if (granted.size() > 1) {
      throw new SyncException(
          SyncProblem.AMBIGUOUS,
          "documents of this key are in several collections: say which with ?collection=");
    }
    Document document = granted.get(0);
    Document left = document.with(rest(document));
    draft.share(left, draft.history(document.id()), EachDocument.clock(draft, document));
    return left;
  }

  private Sharing rest(Document document) {
    return document.index().sharing().without(caller.user(), caller.application());
  }
}
