package dev.landfall.api;

/**
 * The name of a document within its collection.
 *
 * @param value 1 to 512 code points, no NUL and no lone surrogates
 */
public record DocumentKey(String value) implements Comparable<DocumentKey> {
  /** The most code points. */
  public static final int MAX_LENGTH = 512;

  public DocumentKey {
    Names.checked("a key", value, MAX_LENGTH);
  }

  @Override
  public int compareTo(DocumentKey other) {
    return value.compareTo(other.value);
  }
}
