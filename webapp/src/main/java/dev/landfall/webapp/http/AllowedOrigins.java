package dev.landfall.webapp.http;

import java.util.Set;

/**
 * Whose pages may call.
 *
 * @param origins exactly as browsers write them
 */
public record AllowedOrigins(Set<String> origins) {
  public AllowedOrigins {
    origins = Set.copyOf(origins);
  }

  boolean allow(String origin) {
    return origins.contains(origin);
  }
}
