package dev.landfall.engine.query;

/** A field by which results are ordered. */
public record SortKey(SearchField field, boolean descending) {
  /** The most of them. */
  public static final int MAX_KEYS = 8;
}
