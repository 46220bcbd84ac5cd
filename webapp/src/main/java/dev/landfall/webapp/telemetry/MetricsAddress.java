package dev.landfall.webapp.telemetry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Where the numbers are.
 *
 * @param path without a path they are nowhere
 */
public record MetricsAddress(Optional<String> path) {
  /** Whether that is {@code other}; how long it takes says nothing of how much of it is right. */
  boolean is(String other) {
    return path.isPresent()
        && MessageDigest.isEqual(
            path.get().getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
