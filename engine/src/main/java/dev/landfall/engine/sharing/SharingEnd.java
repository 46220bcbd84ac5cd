package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.OrganisationId;
import dev.landfall.api.UserId;
import dev.landfall.api.store.ApplicationStore;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.commit.Submission;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Takes a document down: an operator ends that everybody reads it, or that it has a link. */
public final class SharingEnd implements Submission<TakenDown> {
  private final Set<DocumentId> places = new LinkedHashSet<>();
  private final TakenDown what;

  /**
   * A taking down.
   *
   * @param named whether its owner is a user or an organisation makes no difference
   */
  public SharingEnd(DocumentId named, TakenDown what) {
    String owner = named.owner().value();
    places.add(new DocumentId(new UserId(owner), named.collection(), named.key()));
    places.add(new DocumentId(new OrganisationId(owner), named.collection(), named.key()));
    this.what = what;
  }

  @Override
  public int size() {
    return places.size();
  }

  @Override
  public Set<DocumentId> documents(ApplicationStore store) {
    return places;
  }

  @Override
  public TakenDown decide(Draft draft) {
    boolean visibility = false;
    boolean link = false;
    for (DocumentId id : places) {
      Optional<Document> found = draft.document(id);
      if (found.isPresent()) {
        Sharing before = found.get().index().sharing();
        Sharing shown = what.visibility() ? before.unpublished() : before;
        Sharing after = what.link() ? shown.withLink(Optional.empty()) : shown;
        visibility |= shown.visibility() != before.visibility();
        link |= !after.link().equals(before.link());
        if (!after.equals(before)) {
          draft.share(
              found.get().with(after), draft.history(id), EachDocument.clock(draft, found.get()));
        }
      }
    }
    return new TakenDown(visibility, link);
  }
}
