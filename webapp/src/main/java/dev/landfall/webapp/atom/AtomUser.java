package dev.landfall.webapp.atom;

import dev.landfall.api.ApplicationName;
import dev.landfall.api.CollectionName;
import dev.landfall.api.UserId;
import java.util.Set;

/**
 * A user with a token from configuration.
 *
 * @param hash the SHA-256 of the token, in lower-case hex
 * @param applications in which the user may do so
 * @param groups what the user may see and write
 */
public record AtomUser(
    UserId id, String hash, Set<ApplicationName> applications, Set<CollectionName> groups) {
  public AtomUser {
    applications = Set.copyOf(applications);
    groups = Set.copyOf(groups);
  }

  @Override
  public String toString() {
    return "AtomUser[" + id.value() + "]";
  }
}
