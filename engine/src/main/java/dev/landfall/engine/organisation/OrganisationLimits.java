package dev.landfall.engine.organisation;

/**
 * In how many organisations one person may be.
 *
 * @param founded that they have founded themselves
 * @param joined in all
 */
public record OrganisationLimits(int founded, int joined) {
  /** The defaults. */
  public static final OrganisationLimits DEFAULT = new OrganisationLimits(20, 200);
}
