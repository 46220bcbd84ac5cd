package dev.landfall.api;

import java.util.Comparator;

/**
 * Where a document is, within its application. The order means nothing; it keeps tables fast whose
 * keys have been made to collide.
 */
public record DocumentId(Owner owner, CollectionName collection, DocumentKey key)
    implements Comparable<DocumentId> {
  /** By the text of the owner, then by the key, both by code points. */
  public static final Comparator<DocumentId> BY_OWNER_AND_KEY =
      Comparator.comparing((DocumentId id) -> id.owner().text(), DocumentId::byCodePoints)
          .thenComparing(id -> id.key().value(), DocumentId::byCodePoints);

  /** In UTF-16, of which names are whole characters, surrogates are above what they stand for. */
  private static int byCodePoints(String one, String other) {
    int end = Math.min(one.length(), other.length());
    for (int i = 0; i < end; i++) {
      char left = one.charAt(i);
      char right = other.charAt(i);
      if (left != right) {
        boolean isBeyond = Character.isSurrogate(left);
        return isBeyond == Character.isSurrogate(right)
            ? Character.compare(left, right)
            : isBeyond ? 1 : -1;
      }
    }
    return Integer.compare(one.length(), other.length());
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
