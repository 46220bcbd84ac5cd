package dev.landfall.api;

/**
 * A collection of documents.
 *
 * @param value 1 to 128 code points, no control characters and no lone surrogates
 */
public record CollectionName(String value) implements Comparable<CollectionName> {
  public CollectionName {
    Names.checked("the name of a collection", value, 128);
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("the name of a collection has no control characters");
    }
  }

  /** By UTF-16 units; it keeps tables fast whose keys have been made to collide. */
  @Override
  public int compareTo(CollectionName other) {
    return value.compareTo(other.value);
  }
}
