package dev.landfall.api;

/**
 * Where a document is, within its application. The order means nothing; it keeps tables fast whose
 * keys have been made to collide.
 */
public record DocumentId(Owner owner, CollectionName collection, DocumentKey key)
    implements Comparable<DocumentId> {
  @Override
  public int compareTo(DocumentId other) {
    int order = key.value().compareTo(other.key.value());
    if (order == 0) {
      order = collection.value().compareTo(other.collection.value());
    }
    return order != 0 ? order : owner.text().compareTo(other.owner.text());
  }
}
