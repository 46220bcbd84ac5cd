package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.engine.commit.Draft;
import dev.landfall.engine.commit.EachDocument;
import dev.landfall.engine.document.Document;
import dev.landfall.engine.document.Sharing;
import java.util.Collection;

/** Takes an address out of documents whose owner is gone, where nobody has come for it. */
public final class AddressRemoval extends EachDocument {
  private final String address;

  /** A removal of {@code address}. */
  public AddressRemoval(Collection<DocumentId> ids, String address) {
    super(ids);
    this.address = address;
  }

  @Override
  protected void admit() {
    // whoever had the address is gone
  }

  @Override
  protected boolean apply(Draft draft, Document document) {
    Sharing sharing = document.index().sharing();
    Sharing rest =
        sharing.withPending(
            sharing.pending().stream().filter(one -> !one.address().equals(address)).toList());
    if (rest.equals(sharing)) {
      return false;
    }
    draft.share(document.with(rest), draft.history(document.id()), clock(draft, document));
    return true;
  }
}
