package dev.landfall.api;

/**
 * The name of a document within its collection.
 *
 * @param value 1 to 512 code points, no NUL and no lone surrogates
 */
public record DocumentKey(String value) implements Comparable<DocumentKey> {
  public DocumentKey {
    Names.checked("a key", value, 512);
  }

  @Override
  public int compareTo(DocumentKey other) {
    return value.compareTo(other.value);
  }
}
