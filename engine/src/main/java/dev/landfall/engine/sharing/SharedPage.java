package dev.landfall.engine.sharing;

import dev.landfall.api.DocumentId;
import dev.landfall.api.HybridTimestamp;
import dev.landfall.engine.document.Document;
import java.util.List;
import java.util.Optional;

/**
 * A part of what a user or an organisation lets others see.
 *
 * @param after where the next part begins; none if this was the last
 */
public record SharedPage(List<Entry> entries, Optional<HybridTimestamp> after) {
  public SharedPage {
    entries = List.copyOf(entries);
  }

  /** The index entry of a document. */
  public record Entry(DocumentId id, Document.IndexEntry index, boolean deleted) {}
}
