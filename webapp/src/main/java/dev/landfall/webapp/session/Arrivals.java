package dev.landfall.webapp.session;

import dev.landfall.api.UserId;

/** Hears of people who sign in, or of whom a new address is known. */
@FunctionalInterface
public interface Arrivals {
  /** Nobody has to hear of it. */
  Arrivals NONE = user -> {};

  /** {@code user} is there, and the record has the addresses that are verified. */
  void signedIn(UserId user);
}
