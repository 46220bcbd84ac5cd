package dev.landfall.webapp.atom;

import dev.landfall.api.ApplicationName;
import dev.landfall.engine.transit.TransitTags;
import java.util.List;
import java.util.Optional;

/**
 * What is configured for Transit clients.
 *
 * @param application the one that {@code /sync} is about
 * @param users those with tokens from configuration
 * @param tags those that what is written may have
 */
public record AtomSettings(
    Optional<ApplicationName> application, List<AtomUser> users, TransitTags tags) {
  public AtomSettings {
    users = List.copyOf(users);
  }
}
