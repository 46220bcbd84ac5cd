package dev.landfall.engine.commit;

/**
 * How much a user or an organisation may have in one application.
 *
 * @param documents that are not deleted
 * @param bytes of all of those in their delivered form, earlier versions not counted
 */
public record Quota(long documents, long bytes) {
  /** As much as there is room for. */
  public static final Quota NONE = new Quota(Long.MAX_VALUE, Long.MAX_VALUE);
}
