package dev.landfall.api.store;

import java.util.List;

/**
 * A piece of all documents.
 *
 * @param documents tombstones included
 * @param next where the following piece begins, empty if this is the last
 */
public record DocumentScan(List<StoredDocument> documents, String next) {
  public DocumentScan {
    documents = List.copyOf(documents);
  }
}
