package dev.landfall.api;

/**
 * An organisation.
 *
 * @param value 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ -}
 */
public record OrganisationId(String value) implements Owner {
  public OrganisationId {
    Names.identifier("an organisation id", value);
  }

  @Override
  public String text() {
    return "org:" + value;
  }
}
