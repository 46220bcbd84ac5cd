package dev.landfall.api;

/**
 * An organisation.
 *
 * @param value 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}
 */
public record OrganisationId(String value) implements Owner, Comparable<OrganisationId> {
  public OrganisationId {
    Names.identifier("an organisation id", value);
  }

  @Override
  public String text() {
    return "org:" + value;
  }

  /** By UTF-16 units; it keeps tables fast whose keys have been made to collide. */
  @Override
  public int compareTo(OrganisationId other) {
    return value.compareTo(other.value);
  }
}
