package dev.landfall.engine.document;

/** How somebody came by a grant. */
public sealed interface Origin {
  /** It was given to them. */
  Origin DIRECT = new Direct();

  /** It was given to them. */
  record Direct() implements Origin {}

  /**
   * They have redeemed a link, with which it ends.
   *
   * @param hash of the link's token
   */
  record ByLink(String hash) implements Origin {}

  /** It was given to an address that is theirs. */
  record ByAddress(String address) implements Origin {}
}
