package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Ends a link whose time is over, and with it what was granted by it. */
public final class LinkExpiry extends EachDocument {
  private final String hash;
  private final InstantSource time;

  /**
   * An end.
   *
   * @param hash of the link that is meant
   */
  public LinkExpiry(DocumentId id, String hash, InstantSource time) {
    super(Set.of(id));
    this.hash = hash;
    this.time = time;
  }

  @Override
  protected void admit() {
    // whoever made the link has said so
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    boolean over =
        sharing
            .link()
            .filter(link -> link.hash().equals(hash) && link.isOverAt(time.millis()))
            .isPresent();
    if (over) {
      draft.share(
          document.with(sharing.withLink(Optional.empty())),
          draft.history(document.id()),
          clock(draft, document));
    }
    return over;
  }
}
