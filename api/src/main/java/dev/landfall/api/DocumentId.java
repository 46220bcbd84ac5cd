package dev.landfall.api;

import java.util.Comparator;

/**
 * Where a document is, within its application. The order means nothing; it keeps tables fast whose
 * keys have been made to collide.
 */
public record DocumentId(Owner owner, CollectionName collection, DocumentKey key)
    implements Comparable<DocumentId> {
  private static final int SPREAD = 0x9E3779B1;

  /** By the text of the owner, then by the key, both by code points. */
  public static final Comparator<DocumentId> BY_OWNER_AND_KEY =
      Comparator.comparing((DocumentId id) -> id.owner().text(), CodePointOrder.OF_NAMES)
          .thenComparing(id -> id.key().value(), CodePointOrder.OF_NAMES);

  /**
   * Spread, because what a record is given has numbered keys of numbered owners meet: one more of
   * the one is as much as a hundred more of the other.
   */
  @Override
  public int hashCode() {
    int hash = (owner.hashCode() * SPREAD + collection.hashCode()) * SPREAD + key.hashCode();
    return hash ^ hash >>> 15;
  }

  @Override
  public int compareTo(DocumentId other) {
    int order = key.value().compareTo(other.key.value());
    if (order == 0) {
      order = collection.value().compareTo(other.collection.value());
    }
    return order != 0 ? order : owner.text().compareTo(other.owner.text());
  }
}
