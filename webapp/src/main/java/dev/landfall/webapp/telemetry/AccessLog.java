package dev.landfall.webapp.telemetry;

import dev.landfall.api.UserId;
import dev.landfall.webapp.http.Callers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * A line for each request that has been answered: which route and not which address, as that may
 * have keys and tokens in it, and who as an id that says nothing to strangers.
 */
public final class AccessLog {
  private static final Logger LOG = Logger.getLogger("dev.landfall.access");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

  private final boolean on;

  /** One that is kept, or not. */
  public AccessLog(boolean on) {
    this.on = on;
  }

  boolean isOn() {
    return on;
  }

  /**
   * Writes the line.
   *
   * @param nanos until the answer was complete
   */
  void answered(HttpServletRequest request, String id, int status, long nanos) {
    String method = RequestMeter.method(request.getMethod());
    String path = request.getRequestURI().substring(request.getContextPath().length());
    String user = Callers.known(request).map(UserId::value).orElse("-");
    String given = request.getHeader("X-Org-Id");
    String org = given != null && IDENTIFIER.matcher(given).matches() ? given : "-";
    LOG.info(
        () ->
            method
                + " "
                + RequestMeter.route(path)
                + " status="
                + status
                + " ms="
                + TimeUnit.NANOSECONDS.toMillis(nanos)
                + " user="
                + user
                + " org="
                + org
                + " request="
                + id);
  }
}
