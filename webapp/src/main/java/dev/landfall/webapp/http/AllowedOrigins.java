package dev.landfall.webapp.http;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose pages may call.
 *
 * @param origins exactly as browsers write them
 */
public record AllowedOrigins(Set<String> origins) {
  private static final Pattern ORIGIN =
      Pattern.compile("null|[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\\[[0-9a-f:]+\\])(?::[0-9]{1,5})?");

  public AllowedOrigins {
    origins = Set.copyOf(origins);
  }

  /**
   * Whether browsers write an origin like that: of a web server, of the shell of an application
   * ({@code capacitor://localhost}, {@code app://…}, {@code chrome-extension://…}), or {@code
   * null}, which every sandboxed frame and local file has.
   */
  public static boolean isOrigin(String text) {
    return ORIGIN.matcher(text).matches();
  }

  boolean allow(String origin) {
    return origins.contains(origin);
  }
}
