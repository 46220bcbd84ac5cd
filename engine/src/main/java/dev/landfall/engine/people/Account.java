package dev.landfall.engine.people;

import java.util.Optional;
import java.util.Set;

/**
 * What is known of somebody by the way they sign in.
 *
 * @param name as the provider has it
 * @param addresses that a provider has verified, and nothing else
 */
public record Account(Optional<String> name, Set<EmailAddress> addresses) {
  public Account {
    addresses = Set.copyOf(addresses);
  }
}
