package dev.landfall.api;

/** Whose documents they are: a user's or an organisation's. */
public sealed interface Owner extends Principal permits UserId, OrganisationId {
  /** The identifier without its kind. */
  String value();

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException if it names no owner
   */
  static Owner parse(String text) {
    if (text.startsWith("user:")) {
      return new UserId(text.substring("user:".length()));
    }
    if (text.startsWith("org:")) {
      return new OrganisationId(text.substring("org:".length()));
    }
    throw new IllegalArgumentException("not an owner");
  }
}
