package dev.landfall.webapp.signin;

import dev.landfall.engine.problem.SyncException;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/**
 * Where a browser may be led after a sign-in: to pages of this server, and to those of the origins
 * that may call it.
 */
final class ReturnTargets {
  private static final int MAX_LENGTH = 2_000;

  private final URI base;
  private final Set<String> origins;

  /**
   * The targets.
   *
   * @param base where browsers reach this server
   * @param origins of others, as browsers write them
   */
  ReturnTargets(URI base, Set<String> origins) {
    this.base = base;
    this.origins = new HashSet<>(origins);
    this.origins.removeIf(origin -> !origin.startsWith("http")); // shells of applications
    this.origins.add(origin(base));
  }

  /**
   * The whole address that {@code returnTo} means.
   *
   * @throws SyncException if a browser must not be led there
   */
  URI check(String returnTo) {
    try {
      boolean printable = returnTo.chars().allMatch(c -> c > ' ' && c <= '~' && c != '\\');
      if (printable && !returnTo.isEmpty() && returnTo.length() <= MAX_LENGTH) {
        boolean path = returnTo.startsWith("/") && !returnTo.startsWith("//");
        URI target = URI.create(path ? origin(base) + returnTo : returnTo);
        if (target.getHost() != null
            && target.getRawUserInfo() == null
            && origins.contains(origin(target))) {
          return target;
        }
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw SyncException.badRequest(
        "returnTo", "must be a path of this server or an address of an origin that may call it");
  }

  /** The origin as browsers write it. */
  static String origin(URI uri) {
    String scheme = uri.getScheme();
    boolean standard =
        uri.getPort() < 0
            || (uri.getPort() == 443 && "https".equals(scheme))
            || (uri.getPort() == 80 && "http".equals(scheme));
    return scheme + "://" + uri.getHost() + (standard ? "" : ":" + uri.getPort());
  }
}
