package dev.landfall.engine.commit;

/**
 * How much one may let others see, so that nobody can fill everybody's devices.
 *
 * @param publicDocuments of one owner in one application
 * @param publicBytes of all of these in their delivered form
 * @param grantsToOne how many documents one person may share with one other in one application
 */
public record SharingLimits(long publicDocuments, long publicBytes, long grantsToOne) {
  /** The defaults. */
  public static final SharingLimits DEFAULT = new SharingLimits(100, 1024 * 1024, 1_000);
}
