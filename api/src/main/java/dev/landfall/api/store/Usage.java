package dev.landfall.api.store;

/**
 * What an owner has in one application: live documents, that is, without tombstones.
 *
 * @param documents how many
 * @param bytes of all their wire forms
 */
public record Usage(long documents, long bytes) {
  /** Nothing. */
  public static final Usage NONE = new Usage(0, 0);

  /** What {@code document} is of it. */
  public static Usage of(StoredDocument document) {
    return document.deleted() ? NONE : new Usage(1, document.wire().length());
  }

  /** Both together. */
  public Usage plus(Usage other) {
    return new Usage(documents + other.documents, bytes + other.bytes);
  }

  /** This without {@code other}; what is less than nothing is negative. */
  public Usage minus(Usage other) {
    return new Usage(documents - other.documents, bytes - other.bytes);
  }
}
